import Bytes
import SocketIO
import Testing

/// What a packet is expected to say, its ranges as text.
struct ExpectedPacket: Sendable {
  var text: String
  var type: SocketPacketType
  var namespace = "/"
  var query: String?
  var id: UInt64?
  var attachments = 0
  var event: String?
  var arguments = ""
}

@Suite struct SocketPacketTests {
  static let packets: [ExpectedPacket] = [
    .init(text: "0", type: .connect),
    .init(text: #"0{"token":"x"}"#, type: .connect, arguments: #"{"token":"x"}"#),
    .init(text: "0/admin,", type: .connect, namespace: "/admin"),
    .init(text: "0/admin", type: .connect, namespace: "/admin"),
    .init(text: "0/admin?a=1&b=2,", type: .connect, namespace: "/admin", query: "a=1&b=2"),
    .init(text: #"0/admin,{"sid":"s"}"#, type: .connect, namespace: "/admin", arguments: #"{"sid":"s"}"#),
    .init(text: "1", type: .disconnect),
    .init(text: "1/admin,", type: .disconnect, namespace: "/admin"),
    .init(text: #"2["token",{"t":1}]"#, type: .event, event: "token", arguments: #"{"t":1}"#),
    .init(text: #"2["a"]"#, type: .event, event: "a"),
    .init(text: #"2[""]"#, type: .event, event: ""),
    .init(text: #"2[7,1]"#, type: .event, event: "7", arguments: "1"),
    .init(text: #"212["a","b"]"#, type: .event, id: 12, event: "a", arguments: #""b""#),
    .init(text: #"2/chat,0["a"]"#, type: .event, namespace: "/chat", id: 0, event: "a"),
    .init(text: #"2/,["a"]"#, type: .event, event: "a"),
    .init(text: #"2 [ "a" , 1 ] "#, type: .event, event: "a", arguments: " 1 "),
    .init(text: #"2["q\"\u00e9\n"]"#, type: .event, event: "q\"é\n"),
    .init(text: #"2["é🙂"]"#, type: .event, event: "é🙂"),
    .init(text: #"3456["ok"]"#, type: .ack, id: 456, arguments: #""ok""#),
    .init(text: "30[]", type: .ack, id: 0),
    .init(text: #"4{"message":"No"}"#, type: .connectError, arguments: #"{"message":"No"}"#),
    .init(text: #"4"Invalid namespace""#, type: .connectError, arguments: #""Invalid namespace""#),
    .init(
      text: #"52-/a,7["f",{"_placeholder":true,"num":0}]"#, type: .binaryEvent, namespace: "/a", id: 7, attachments: 2,
      event: "f", arguments: #"{"_placeholder":true,"num":0}"#),
    .init(text: #"61-3[1]"#, type: .binaryAck, id: 3, attachments: 1, arguments: "1"),
    .init(text: #"50-["f"]"#, type: .binaryEvent, event: "f"),
    .init(text: #"299999999999999999999["a"]"#, type: .event, id: .max, event: "a"),
  ]

  @Test(arguments: packets)
  func `a packet's head is read without its JSON`(expected: ExpectedPacket) throws {
    let bytes = Array(("4" + expected.text).utf8)
    let span = bytes.span.bytes
    let packet = try SocketPacket(parsing: span, in: 1..<bytes.count)
    #expect(packet.type == expected.type)
    #expect(packet.namespaceName(in: span) == expected.namespace)
    #expect(packet.namespaceQuery.map { span.text(in: $0) } == expected.query)
    #expect(packet.ackID == expected.id)
    #expect(packet.attachments == expected.attachments)
    #expect(packet.eventName(in: span) == expected.event)
    #expect(span.text(in: packet.arguments) == expected.arguments)
    #expect(packet.malformation == nil)
  }

  @Test(arguments: [
    ("2", SocketMalformation.missingPayload), ("312", .missingPayload), ("1{}", .unexpectedPayload),
    ("2{}", .payloadNotArray), ("3\"a\"", .payloadNotArray), ("2abc", .payloadNotArray), ("0[]", .payloadNotObject),
    ("4true", .payloadNotObject), ("4[]", .payloadNotObject), ("2[]", .missingEventName),
    ("2[null]", .missingEventName),
    ("2[{}]", .missingEventName), ("2[\"connect\"]", .reservedEventName), ("2[\"disconnecting\"]", .reservedEventName),
    ("2[\"newListener\",1]", .reservedEventName), ("2[\"a\"", .unterminatedPayload), ("2[\"a", .unterminatedPayload),
    ("2[", .unterminatedPayload), ("0{\"a\":1", .unterminatedPayload), ("3[1", .unterminatedPayload),
  ])
  func `a payload that receivers refuse is a malformation`(text: String, fault: SocketMalformation) throws {
    let bytes = Array(text.utf8)
    #expect(try SocketPacket(parsing: bytes.span.bytes, in: 0..<bytes.count).malformation == fault)
  }

  @Test(arguments: [
    ("7", ParseError(.socketIO, .invalid("packet type"))), ("x", ParseError(.socketIO, .invalid("packet type"))),
    ("5[\"a\"]", ParseError(.socketIO, .invalid("attachments"))),
    ("51[\"a\"]", ParseError(.socketIO, .invalid("attachments"))),
    ("5", ParseError(.socketIO, .invalid("attachments"))),
    ("", .short(.socketIO, needed: 1, available: 0)),
  ])
  func `a head that receivers refuse is an error`(text: String, error: ParseError) {
    let bytes = Array(text.utf8)
    #expect(throws: error) { try SocketPacket(parsing: bytes.span.bytes, in: 0..<bytes.count) }
  }

  @Test func `every preview gives what it shows, and no malformation`() throws {
    let text = Array(#"51-/chat,12["tok\"en",{"id":"x"}]"#.utf8)
    for count in 1..<text.count {
      let bytes = Array(text[..<count])
      // Inside the attachments' digits and the namespace the head is not complete.
      if count < 9 && count != 3 {
        #expect(throws: ParseError.short(.socketIO, needed: count + 1, available: count)) {
          try SocketPacket(parsing: bytes.span.bytes, in: 0..<count, isWhole: false)
        }
        continue
      }
      let packet = try SocketPacket(parsing: bytes.span.bytes, in: 0..<count, isWhole: false)
      #expect(packet.malformation == nil)
      #expect(packet.eventName(in: bytes.span.bytes) == (count >= 21 ? "tok\"en" : nil))
    }
  }

  @Test func `a key of the first argument is found`() throws {
    let bytes = Array(#"2["token",{"x":{"id":0},"id":"a\u0062","n":12},{"id":"no"}]"#.utf8)
    let span = bytes.span.bytes
    let packet = try SocketPacket(parsing: span, in: 0..<bytes.count)
    #expect(packet.value(forKey: "id", in: span)?.string(in: span) == "ab")
    #expect(packet.value(forKey: "n", in: span)?.integer(in: span) == 12)
    #expect(packet.value(forKey: "missing", in: span) == nil)
  }

  @Test func `connect data and refusals are read in both forms`() {
    let connect = Array(#"{"sid":"s","pid":"p","offset":"o","auth":{"sid":"no"}}"#.utf8)
    let data = ConnectData(parsing: connect.span.bytes, in: 0..<connect.count)
    #expect(data.sid == "s" && data.pid == "p" && data.offset == "o")
    for text in [#"{"message":"No","data":{}}"#, #""No""#] {
      let bytes = Array(text.utf8)
      #expect(ConnectErrorData(parsing: bytes.span.bytes, in: 0..<bytes.count).message == "No")
    }
  }
}

@Suite struct AttachmentJoinerTests {
  private func packet(_ text: String) throws -> SocketPacket {
    let bytes = Array(text.utf8)
    return try SocketPacket(parsing: bytes.span.bytes, in: 0..<bytes.count)
  }

  @Test func `binary messages complete their header`() throws {
    var joiner = AttachmentJoiner()
    #expect(joiner.receiveText(try packet(#"2["a"]"#)) == .complete)
    #expect(joiner.receiveText(try packet(#"50-["a"]"#)) == .complete)
    #expect(joiner.receiveText(try packet(#"52-["a"]"#)) == .waiting(received: 0, expected: 2))
    #expect(joiner.receiveBinary() == .waiting(received: 1, expected: 2))
    #expect(joiner.receiveBinary() == .complete)
    #expect(joiner.receiveBinary() == .unexpectedBinary)
  }

  @Test func `text before the last attachment interrupts`() throws {
    var joiner = AttachmentJoiner()
    _ = joiner.receiveText(try packet(#"52-["a"]"#))
    _ = joiner.receiveBinary()
    #expect(joiner.receiveText(try packet(#"51-["b"]"#)) == .interrupted(received: 1, expected: 2))
    #expect(joiner.receiveBinary() == .complete)
    _ = joiner.receiveText(try packet(#"51-["b"]"#))
    joiner.reset()
    #expect(!joiner.isWaiting)
  }
}
