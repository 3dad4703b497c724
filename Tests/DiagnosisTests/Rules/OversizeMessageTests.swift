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

  @Test(
    "any Close frame of the receiver at once behind a message above maxPayload refuses it; of a shorter one, it does not",
    arguments: [(20_000, 0.001, true), (20_000, 5, false), (10_000, 0.001, false)])
  func otherClose(length: Int, later seconds: Double, isRefused: Bool) throws {
    var chat = chat()
    chat.send(.clientToServer, binary: [4] + Array(repeating: 7, count: length - 1))
    chat.wait(.seconds(seconds))
    chat.close(by: .serverToClient, code: 1000)
    let all = findings(in: chat.recorded).filter { $0.id == "oversize-message" }
    #expect(all.count == (isRefused ? 1 : 0))
    #expect(all.allSatisfy { $0.word("refusal") == "Close code 1000" && $0.measure("threshold") == 10_000 })
  }

  @Test(
    "a 400 for a POST above maxPayload is about its length, for a shorter one it is not",
    arguments: [(1_000_001, "oversize-message"), (3000, "request-refused")])
  func badRequest(length: Int, id: FindingID) throws {
    var polls = Conversation()
    polls.handshake()
    polls.openPolling(sid: "abc")
    polls.request(
      "POST", "/socket.io/?EIO=4&transport=polling&sid=abc", body: Array(repeating: UInt8(ascii: "4"), count: length))
    polls.respond(400, body: Array("\"Bad Request\"".utf8))
    #expect(ids(in: polls.recorded) == [id])
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
