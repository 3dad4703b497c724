import Analysis
import Crypto
import Packets
import TestSupport
import Testing

struct PayloadHashTests {
  private func hash(_ text: String) -> [UInt8] { Array(SHA256.hash(data: Array(text.utf8))) }

  private func trace(_ chat: Conversation, hashes: Bool = true) -> Trace {
    var options = AnalysisOptions()
    options.wantsMessages = true
    options.hashesPayloads = hashes
    options.payloadLimit = 8
    return Trace(chat.recorded, options: options)
  }

  @Test("a message's hash is that of its whole payload, however it was cut")
  func whole() {
    let long = "42[\"token\",\"" + String(repeating: "ab", count: 5000) + "\"]"
    var chat = Conversation()
    chat.handshake()
    chat.upgrade()
    chat.send(.serverToClient, text: long)
    let frames =
      FrameBuilder(opcode: 1, payload: Array("42[\"a\"".utf8), isFinal: false).bytes + FrameBuilder.ping([1]).bytes
      + FrameBuilder.continuation(Array(",1]".utf8), isFinal: true).bytes
    chat.send(.serverToClient, bytes: frames)
    chat.send(.clientToServer, text: "3")
    let messages = trace(chat).messages
    #expect(
      messages.map(\.payloadSHA256) == [hash(long), Array(SHA256.hash(data: [1])), hash("42[\"a\",1]"), hash("3")])
    #expect(messages[0].payload.count == 8)
  }

  @Test("packets of long-polling have theirs")
  func polling() {
    var chat = Conversation()
    chat.handshake()
    chat.openPolling(sid: "abcdefgh")
    chat.poll(sid: "abcdefgh", ["40", "42[\"x\"]"])
    #expect(trace(chat).messages.suffix(2).map(\.payloadSHA256) == [hash("40"), hash("42[\"x\"]")])
  }

  @Test("nobody who does not ask gets any, and a message that was cut has none")
  func absent() {
    var chat = Conversation()
    chat.handshake()
    chat.upgrade()
    chat.send(.serverToClient, text: "3")
    #expect(trace(chat, hashes: false).messages.allSatisfy { $0.payloadSHA256 == nil })
    chat.send(.serverToClient, bytes: Array(FrameBuilder.text("42[\"never whole\"]").bytes.dropLast(3)))
    chat.reset(by: .serverToClient)
    #expect(trace(chat).messages.filter { !$0.isComplete }.allSatisfy { $0.payloadSHA256 == nil })
  }
}
