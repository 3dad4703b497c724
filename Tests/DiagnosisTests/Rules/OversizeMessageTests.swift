import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct OversizeMessageTests {
  /// A session that takes messages of up to 10,000 bytes.
  private func chat() -> Conversation {
    var chat = Conversation()
    chat.handshake()
    chat.upgrade()
    chat.send(.serverToClient, text: SocketIOText.open(sid: "abc", maxPayload: 10_000))
    chat.send(.clientToServer, text: SocketIOText.connect())
    chat.send(.serverToClient, text: SocketIOText.connected(id: "x"))
    return chat
  }

  @Test("an upload above maxPayload, refused with 1009, is one finding")
  func refused() throws {
    var chat = chat()
    chat.send(.clientToServer, text: SocketIOText.binaryEvent("upload", attachments: 1))
    chat.send(.clientToServer, binary: Array(repeating: 7, count: 20_000))
    chat.close(by: .serverToClient, code: 1009)
    let all = findings(in: chat.recorded)
    #expect(all.map(\.id) == ["oversize-message"])
    let finding = try expectOne("oversize-message", .error, blame: .client, in: chat.recorded)
    #expect(finding.measure("length") == 20_000)
    #expect(finding.measure("threshold") == 10_000)
    #expect(finding.explains.contains("error-close"))
  }

  @Test("the header alone is enough: the server closes before the payload has come")
  func header() throws {
    var chat = chat()
    var frame = FrameBuilder.binary(Array(repeating: 7, count: 100)).masked()
    frame.lengthForm = .claiming(2_000_000)
    chat.send(.clientToServer, frame: frame)
    chat.close(by: .serverToClient, code: 1009)
    let all = findings(in: chat.recorded)
    #expect(all.map(\.id) == ["oversize-message"])
    #expect(all.first?.measure("length") == 2_000_000)
    #expect(Set(all.first?.explains ?? []) == ["error-close", "incomplete-message"])
  }

  @Test("a connection that ends without a word under such a message")
  func dropped() throws {
    var chat = chat()
    chat.send(.clientToServer, binary: Array(repeating: 7, count: 20_000))
    chat.finish(by: .serverToClient)
    let all = findings(in: chat.recorded).filter { $0.severity == .error }
    #expect(all.map(\.id).contains("oversize-message"))
  }

  @Test(
    "a POST refused with 413, by the server or a proxy",
    arguments: [("", Blame.client, "maxHttpBufferSize"), ("<html>413</html>", .proxy, "client_max_body_size")])
  func post(body: String, blame: Blame, remedy: String) throws {
    var polls = Conversation()
    polls.handshake()
    polls.openPolling(sid: "abc")
    polls.request(
      "POST", "/socket.io/?EIO=4&transport=polling&sid=abc", body: Array(repeating: UInt8(ascii: "4"), count: 3000))
    polls.respond(413, fields: body.isEmpty ? [] : [("Server", "nginx/1.22.1")], body: Array(body.utf8))
    let finding = try expectOne("oversize-message", .error, blame: blame, in: polls.recorded)
    #expect(finding.remedy.contains(remedy))
    #expect(ids(in: polls.recorded) == ["oversize-message"])
  }

  @Test("a long message that is accepted has no finding")
  func accepted() {
    var chat = chat()
    chat.send(.clientToServer, text: SocketIOText.binaryEvent("upload", attachments: 1))
    chat.send(.clientToServer, binary: Array(repeating: 7, count: 9_999))
    chat.answer()
    chat.close(code: 1000)
    #expect(ids(in: chat.recorded).isEmpty)
  }
}
