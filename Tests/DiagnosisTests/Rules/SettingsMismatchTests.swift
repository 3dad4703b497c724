import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct SettingsMismatchTests {
  /// A session by WebSocket with pingInterval 25 s, pingTimeout 20 s, and no permessage-deflate.
  private var chat: [RecordedPacket] {
    var chat = Conversation.chat()
    chat.answer()
    return chat.recorded
  }

  private func mismatches(
    _ packets: [RecordedPacket], _ configure: (inout Expectations) -> Void
  ) -> [Finding] {
    var expectations = Expectations()
    configure(&expectations)
    return findings(in: packets, expectations: expectations).filter { $0.id == "settings-mismatch" }
  }

  @Test("without expectations nothing is a mismatch")
  func none() { #expect(mismatches(chat) { _ in }.isEmpty) }

  @Test("what is as expected is not reported")
  func asExpected() {
    let found = mismatches(chat) {
      $0.pingInterval = .seconds(25)
      $0.pingTimeout = .seconds(20)
      $0.transports = ["websocket"]
      $0.connectionStateRecovery = false
      $0.path = "/socket.io"
      $0.ports = [3000, 8080]
      $0.proxyKeepsUpgradeHeaders = true
    }
    #expect(found.isEmpty, "\(found.map(\.title))")
  }

  @Test("what the capture does not show is not judged")
  func unknown() {
    let found = mismatches(chat) {
      $0.proxy = "nginx/1.22"
      $0.server = "uvicorn"
      $0.allowEIO3 = true
      $0.perMessageDeflate = true
    }
    #expect(found.isEmpty, "\(found.map(\.title))")
  }

  @Test("each setting that differs is a finding of its own")
  func timers() throws {
    let found = mismatches(chat) {
      $0.pingInterval = .seconds(10)
      $0.pingTimeout = .seconds(60)
    }
    #expect(found.map { $0.word("setting") } == ["pingInterval", "pingTimeout"])
    let finding = try #require(found.first)
    #expect(finding.severity == .warning)
    #expect(finding.blame == .server)
    #expect(finding.word("expected") == "10000")
    #expect(finding.word("seen") == "25000")
    #expect(finding.sid == "abc")
    #expect(finding.connections == [1])
    #expect(!finding.packets.isEmpty)
    #expect(finding.endpoints != nil)
    #expect(finding.remedy.contains("pingInterval: 10000"))
  }

  @Test("sessions that differ alike are one finding with a count")
  func counted() {
    var second = Conversation.chat(sid: "def", port: 50_001, start: Conversation.defaultStart + .seconds(1))
    second.answer()
    let found = mismatches(chat + second.recorded) { $0.pingInterval = .seconds(10) }
    #expect(found.map(\.count) == [2])
    #expect(found.first?.connections == [1, 2])
  }

  @Test("a transport that is not expected is a mismatch")
  func transports() {
    var polling = Conversation()
    polling.handshake()
    polling.openPolling(sid: "abc")
    polling.poll(sid: "abc", ["40{\"sid\":\"x\"}"])
    let found = mismatches(polling.recorded) { $0.transports = ["websocket"] }
    #expect(found.map { $0.word("seen") } == ["polling"])
    #expect(mismatches(polling.recorded) { $0.transports = ["polling", "websocket"] }.isEmpty)
  }

  @Test("recovery that is expected and not offered is seen in the answer to CONNECT")
  func recovery() {
    let found = mismatches(chat) { $0.connectionStateRecovery = true }
    #expect(found.map { $0.word("setting") } == ["connectionStateRecovery"])
  }

  @Test("another path and port than the expected ones")
  func place() {
    let found = mismatches(chat) {
      $0.path = "/ws/socket.io"
      $0.ports = [3000]
    }
    #expect(Set(found.compactMap { $0.word("setting") }) == ["path", "port"])
  }

  @Test("compression that is declined, agreed on, and never offered", arguments: [true, false])
  func deflate(isAgreed: Bool) {
    var chat = Conversation()
    chat.handshake()
    chat.requestUpgrade(extensions: "permessage-deflate")
    chat.acceptUpgrade(extensions: isAgreed ? "permessage-deflate" : nil)
    #expect(mismatches(chat.recorded) { $0.perMessageDeflate = !isAgreed }.count == 1)
    #expect(mismatches(chat.recorded) { $0.perMessageDeflate = isAgreed }.isEmpty)
  }

  @Test("Engine.IO 3 that is refused although it is expected to be allowed, and the reverse")
  func revision3() {
    var refused = Conversation()
    refused.handshake()
    refused.request("GET", "/socket.io/?EIO=3&transport=polling")
    refused.respond(400, body: Array(#"{"code":5,"message":"Unsupported protocol version"}"#.utf8))
    #expect(mismatches(refused.recorded) { $0.allowEIO3 = true }.map { $0.word("seen") } == ["false"])
    #expect(mismatches(refused.recorded) { $0.allowEIO3 = false }.isEmpty)
  }

  @Test("another software than expected is a notice", arguments: ["nginx/1.25", "haproxy"])
  func proxy(expected: String) {
    var chat = Conversation()
    chat.handshake()
    chat.request("GET", "/socket.io/?EIO=4&transport=polling")
    chat.respond(200, fields: [("Server", "nginx/1.22.1")], body: Array(#"0{"sid":"abc"}"#.utf8))
    let found = mismatches(chat.recorded) { $0.proxy = expected }
    #expect(found.map(\.severity) == [.notice])
    #expect(mismatches(chat.recorded) { $0.proxy = "nginx/1.22" }.isEmpty)
  }
}
