import Analysis
import Packets
import Reports
import SocketIO
import Testing
import WebSocket

/// What a line of a timeline says of a message.
@Suite struct MessageTextTests {
  private func record(_ opcode: Opcode, _ payload: String, engine: EngineIOPacketType? = nil) -> MessageRecord {
    let at = PacketReference(capture: 0, number: 1, time: Timestamp(nanoseconds: 0))
    return MessageRecord(
      at: at, firstPacket: at, connection: 1, leg: .only, sid: nil, direction: .serverToClient, transport: .webSocket,
      opcode: opcode, length: payload.utf8.count, frames: 1, isCompressed: false, isComplete: true, closeCode: nil,
      engineType: engine, socket: nil, payload: Array(payload.utf8))
  }

  @Test(
    "what the line has told is not told again",
    arguments: [
      ("43/admin,12[{\"ok\":true}]", .ack, "/admin", nil, "4 message 3 ACK /admin  [{\"ok\":true}]"),
      ("461-7[1]", .binaryAck, "/", nil, "4 message 6 BINARY_ACK  [1]"),
      ("40/admin,{\"a\":1}", .connect, "/admin", nil, "4 message 0 CONNECT /admin  {\"a\":1}"),
      ("40/admin?t=1,{}", .connect, "/admin", nil, "4 message 0 CONNECT /admin  ?t=1 {}"),
      ("41/admin,", .disconnect, "/admin", nil, "4 message 1 DISCONNECT /admin"),
      ("42/a,[\"e\",1]", .event, "/a", "e", "4 message 2 EVENT /a e  1"),
      ("4217[\"e\"]", .event, "/", "e", "4 message 2 EVENT e"),
    ] as [(String, SocketPacketType, String, String?, String)])
  func heads(payload: String, type: SocketPacketType, namespace: String, event: String?, expected: String) {
    var message = record(.text, payload, engine: .message)
    message.socket = MessageRecord.SocketFacts(
      type: type, namespace: namespace, event: event, ackID: nil, attachments: 0)
    #expect(MessageText(message).text == expected)
  }

  @Test("an Engine.IO message that is no Socket.IO packet keeps its digits")
  func engine() { #expect(MessageText(record(.text, "4123abc", engine: .message)).text == "4 message  123abc") }

  @Test("a Close frame's reason stands behind its code")
  func close() {
    var message = record(.close, "\u{3}\u{68}bye \u{1b}[31m")
    message.closeCode = 1000
    #expect(MessageText(message).text == "close 1000  bye \\x1b[31m")
  }

  @Test("MessagePack's arguments are shown in the place of the bytes")
  func messagePack() {
    var message = record(.binary, "\u{1}\u{2}", engine: .message)
    message.socket = MessageRecord.SocketFacts(
      type: .event, namespace: "/", event: "e", ackID: 3, attachments: 0, arguments: "{\"a\":1}")
    #expect(MessageText(message).text == "4 message 2 EVENT e ack 3  {\"a\":1}")
  }

  @Test("why a compressed message is not shown", arguments: MessageRecord.Undecoded.all)
  func undecoded(reason: MessageRecord.Undecoded) {
    var message = record(.text, "")
    message.length = 7
    (message.isComplete, message.isCompressed, message.undecoded) = (false, true, reason)
    let text = MessageText(message).text
    #expect(text.hasPrefix("text 7 B ") && !text.contains("cut short"))
  }
}

extension MessageRecord.Undecoded {
  fileprivate static let all: [Self] = [.unknownDictionary, .badDeflate, .inflationLimit]
}
