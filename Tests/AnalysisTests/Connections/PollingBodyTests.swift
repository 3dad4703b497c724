import Analysis
import Packets
import TestSupport
import Testing

/// Long-polling bodies that are not there as a whole, or can't be read.
@Suite struct PollingBodyTests {
  private static let target = "/socket.io/?EIO=4&transport=polling&sid=abc"

  /// A session, what is done to one answer of it, and a poll that is answered as it should be.
  private func polls(
    _ fields: HTTPText.Fields, _ body: [UInt8], limit: Int = 4096,
    _ change: (inout Conversation, Range<Int>) -> Void = { _, _ in }
  ) -> Trace {
    var chat = Conversation()
    chat.handshake()
    chat.openPolling(sid: "abc")
    chat.request("GET", Self.target)
    let packets = chat.respond(200, fields: fields, body: body)
    change(&chat, packets)
    chat.poll(sid: "abc", [SocketIOText.event("after")])
    chat.finish(by: .clientToServer)
    var options = AnalysisOptions()
    options.wantsMessages = true
    options.payloadLimit = limit
    return Trace(chat.recorded, options: options)
  }

  private func violations(_ trace: Trace) -> [String] {
    trace.events.compactMap { if case .ruleBroken(let facts) = $0 { facts.rule.name } else { nil } }
  }

  /// Events of different names in one payload, each as long as `length`.
  private func payload(_ count: Int, length: Int) -> [UInt8] {
    let events = (0..<count).map { SocketIOText.event("ev\($0)", "\"" + String(repeating: "x", count: length) + "\"") }
    return Array(events.joined(separator: "\u{1e}").utf8)
  }

  /// Four tokens as Node's zlib compresses them.
  private static let compressedTokens: [(name: String, body: [UInt8])] = [
    (
      "gzip",
      [
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x33, 0x31, 0x8a, 0x56, 0x2a, 0xc9, 0xcf,
        0x4e, 0xcd, 0x53, 0xd2, 0xa9, 0x56, 0xca, 0x54, 0xb2, 0x32, 0xd0, 0x51, 0x2a, 0x51, 0xb2, 0x52, 0xca,
        0xc9, 0x2f, 0x4a, 0xcd, 0x55, 0xc8, 0x2c, 0x28, 0x2e, 0xcd, 0x55, 0xaa, 0x8d, 0x95, 0x33, 0x41, 0x53,
        0x65, 0x48, 0x94, 0x2a, 0x23, 0xa2, 0x54, 0x19, 0x63, 0x53, 0x05, 0x00, 0x0e, 0x57, 0x67, 0xc3, 0x97,
        0x00, 0x00, 0x00,
      ]
    ),
    (
      "deflate",
      [
        0x78, 0x9c, 0x33, 0x31, 0x8a, 0x56, 0x2a, 0xc9, 0xcf, 0x4e, 0xcd, 0x53, 0xd2, 0xa9, 0x56, 0xca, 0x54,
        0xb2, 0x32, 0xd0, 0x51, 0x2a, 0x51, 0xb2, 0x52, 0xca, 0xc9, 0x2f, 0x4a, 0xcd, 0x55, 0xc8, 0x2c, 0x28,
        0x2e, 0xcd, 0x55, 0xaa, 0x8d, 0x95, 0x33, 0x41, 0x53, 0x65, 0x48, 0x94, 0x2a, 0x23, 0xa2, 0x54, 0x19,
        0x63, 0x53, 0x05, 0x00, 0xa2, 0x84, 0x2e, 0x95,
      ]
    ),
    (
      "br",
      [
        0x1b, 0x96, 0x00, 0xf8, 0x8d, 0x93, 0xa5, 0x1e, 0xe5, 0xe1, 0x08, 0x22, 0x6f, 0xa9, 0xfd, 0xec, 0x42,
        0xe2, 0x69, 0xcd, 0x44, 0xe1, 0x37, 0x3f, 0x06, 0x49, 0xb2, 0xe8, 0xf4, 0xf5, 0x12, 0x4d, 0x8c, 0xa2,
        0x95, 0xaa, 0x41, 0x96, 0x8a, 0x56, 0xfa, 0x89, 0x8f, 0x51, 0xc4, 0x25, 0xc6, 0xdc, 0xdd, 0x83, 0xad,
        0xf3, 0x9c, 0x9b, 0xf0, 0xc9, 0x2b, 0x66,
      ]
    ),
  ]

  @Test("a compressed payload's events are heard with their text", arguments: compressedTokens)
  func compressed(name: String, body: [UInt8]) {
    let trace = polls([("Content-Encoding", name)], body)
    #expect(violations(trace).isEmpty)
    let tokens = trace.messages.filter { $0.socket?.event == "token" }
    #expect(
      tokens.map { String(decoding: $0.payload, as: UTF8.self) }
        == (0..<4).map {
          "42[\"token\",{\"i\":\($0),\"t\":\"lorem ipsum\"}]"
        })
    #expect(trace.sessions.first?.counts(.serverToClient) == ["token": 4, "after": 1])
  }

  @Test("a content coding that is not known hides the payload and breaks no rule")
  func unknownCoding() {
    let trace = polls([("Content-Encoding", "zstd")], [0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0x1e, 0x99])
    #expect(violations(trace).isEmpty)
    #expect(trace.messages.compactMap { $0.socket?.event } == ["after"])
  }

  @Test("what is not in its coding hides the payload and breaks no rule", arguments: ["gzip", "deflate", "br"])
  func malformedCoding(name: String) {
    let trace = polls([("Content-Encoding", name)], [0xff, 0xff, 0xff, 0xff] + Array("42[\"x\"]".utf8))
    #expect(violations(trace).isEmpty)
    #expect(trace.messages.compactMap { $0.socket?.event } == ["after"])
  }

  @Test("a hole costs the packets that lie in it, and the one before is told as cut")
  func hole() throws {
    let trace = polls([], payload(40, length: 100)) { chat, packets in chat.drop(packets.lowerBound + 1) }
    #expect(violations(trace).isEmpty)
    let heard = trace.messages.filter { $0.socket?.event?.hasPrefix("ev") == true }
    let cut = heard.filter { !$0.isComplete }
    #expect(heard.count < 40)
    #expect(heard.filter(\.isComplete).allSatisfy { [112, 113].contains($0.length) })
    // The packet that the hole begins in, and the last one, of which only a body without a hole shows the end.
    #expect(cut.count == 2)
    #expect(cut.last?.socket?.event == "ev39")
  }

  @Test("what follows a missing chunk of a payload is not read, and breaks no rule", arguments: 0..<3, [3, 4])
  func missingChunk(place: Int, version: Int) {
    let target = "/socket.io/?EIO=\(version)&transport=polling"
    var chat = Conversation()
    chat.handshake()
    chat.request("GET", target)
    let open = SocketIOText.open(sid: "abc")
    chat.respond(200, body: Array((version == 3 ? "\(open.utf8.count):\(open)" : open).utf8))
    chat.request("GET", target + "&sid=abc")
    chat.send(.serverToClient, bytes: HTTPText.response(200, fields: [("Transfer-Encoding", "chunked")]))
    let packet = "42[\"ev\",\"0123456789\"]"
    let text = version == 3 ? "\(packet.utf8.count):\(packet)" : packet + "\u{1e}"
    let packets = (0..<4).map { _ in
      chat.send(.serverToClient, bytes: HTTPText.chunk(Array(text.utf8)), after: .milliseconds(10))
    }
    chat.send(.serverToClient, bytes: HTTPText.chunk([]))
    chat.request("GET", target + "&sid=abc")
    let after = "42[\"after\"]"
    chat.respond(200, body: Array((version == 3 ? "\(after.utf8.count):\(after)" : after).utf8))
    chat.finish(by: .clientToServer)
    chat.drop(packets[place])
    var options = AnalysisOptions()
    options.wantsMessages = true
    let trace = Trace(chat.recorded, options: options)
    #expect(violations(trace).isEmpty)
    let names = trace.messages.filter(\.isComplete).compactMap { $0.socket?.event }
    #expect(names == Array(repeating: "ev", count: place) + ["after"])
  }

  @Test("nothing of a compressed payload is read behind a hole")
  func compressedHole() {
    // An uncompressed block of DEFLATE (RFC 1951 section 3.2.4) in the format of zlib.
    let events = payload(40, length: 100)
    let length = UInt16(events.count)
    var body: [UInt8] = [0x78, 0x01, 0x01]
    for value in [length, ~length] { body += [UInt8(truncatingIfNeeded: value), UInt8(value >> 8)] }
    let trace = polls([("Content-Encoding", "deflate")], body + events + [0, 0, 0, 0]) { chat, packets in
      chat.drop(packets.lowerBound + 1)
    }
    #expect(violations(trace).isEmpty)
    let heard = trace.messages.filter { $0.socket?.event?.hasPrefix("ev") == true }
    #expect(!heard.isEmpty && heard.count < 20)
    #expect(heard.dropLast().allSatisfy { $0.isComplete })
    #expect(heard.last?.isComplete == false)
  }

  @Test(
    "a payload that the end of the capture cuts breaks no rule, and its last packet is told as cut and not counted",
    arguments: [(3, "8:42[\"ok\"]"), (4, "42[\"ok\"]\u{1e}")])
  func cut(version: Int, beginning: String) throws {
    var chat = Conversation()
    chat.handshake()
    chat.request("GET", "/socket.io/?EIO=\(version)&transport=polling")
    let open = SocketIOText.open(sid: "abc")
    chat.respond(200, body: Array((version == 3 ? "\(open.utf8.count):\(open)" : open).utf8))
    chat.request("GET", "/socket.io/?EIO=\(version)&transport=polling&sid=abc")
    let rest = (version == 3 ? "400:" : "") + "42[\"cut\",\"abc"
    chat.send(
      .serverToClient, bytes: Array("HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n\(beginning)\(rest)".utf8))
    var options = AnalysisOptions()
    options.wantsMessages = true
    let trace = Trace(chat.recorded, options: options)
    #expect(violations(trace).isEmpty)
    let last = try #require(trace.messages.last)
    #expect(!last.isComplete)
    #expect(last.socket?.event == "cut")
    let session = try #require(trace.sessions.first)
    #expect(session.counts(.serverToClient) == ["ok": 1])
  }

  @Test("a long packet has its true length, whatever of it is kept")
  func length() throws {
    let trace = polls([], payload(1, length: 9000), limit: 10)
    let long = try #require(trace.messages.first { $0.socket?.event == "ev0" })
    #expect(long.length == 9012)
    #expect(long.payload.count == 10)
    #expect(long.isComplete)
  }
}
