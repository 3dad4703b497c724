import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct ConnectErrorTests {
  private func refused(_ message: String, namespace: String = "/", joined: Bool = false) -> Conversation {
    var chat = Conversation()
    chat.handshake()
    chat.upgrade()
    chat.send(.serverToClient, text: SocketIOText.open(sid: "abc", pingInterval: 60_000))
    if joined {
      chat.send(.clientToServer, text: SocketIOText.connect())
      chat.send(.serverToClient, text: SocketIOText.connected(id: "x"))
    }
    chat.send(.clientToServer, text: SocketIOText.connect(namespace: namespace))
    chat.send(.serverToClient, text: SocketIOText.connectError(message, namespace: namespace))
    return chat
  }

  @Test("middleware that refuses the only CONNECT")
  func authentication() throws {
    let finding = try expectOne("connect-error", .error, blame: .server, in: refused("not authorized").recorded)
    #expect(finding.word("message") == "not authorized")
    #expect(finding.word("namespace") == "/")
    #expect(finding.sid == "abc")
  }

  @Test("a namespace that is not there, beside one that is, is a warning")
  func namespace() throws {
    let chat = refused("Invalid namespace", namespace: "/admin", joined: true)
    let finding = try expectOne("connect-error", .warning, blame: .client, in: chat.recorded)
    #expect(finding.remedy.contains("io.of(\"/admin\")"))
  }

  @Test("it explains the empty Close at the end of connectTimeout")
  func explains() throws {
    var chat = refused("not authorized")
    chat.close(by: .serverToClient, after: .seconds(45))
    let all = findings(in: chat.recorded)
    #expect(all.map(\.id) == ["connect-error"])
    #expect(all.first?.explains == ["error-close"])
  }

  @Test("a CONNECT that nobody answers")
  func unanswered() throws {
    var chat = Conversation()
    chat.handshake()
    chat.upgrade()
    chat.send(.serverToClient, text: SocketIOText.open(sid: "abc"))
    chat.send(.clientToServer, text: SocketIOText.connect())
    chat.heartbeat(after: .seconds(7))
    let finding = try expectOne("unanswered-event", .warning, blame: .server, in: chat.recorded)
    #expect(finding.word("namespace") == "/")
  }

  @Test("a CONNECT that is answered, late or not, has no finding")
  func answered() {
    var chat = Conversation()
    chat.handshake()
    chat.upgrade()
    chat.send(.serverToClient, text: SocketIOText.open(sid: "abc"))
    chat.send(.clientToServer, text: SocketIOText.connect())
    chat.send(.serverToClient, text: SocketIOText.connected(id: "x"), after: .seconds(4))
    chat.close(code: 1000)
    #expect(ids(in: chat.recorded).isEmpty)
  }
}
