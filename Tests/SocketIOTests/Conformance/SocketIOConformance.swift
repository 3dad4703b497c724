import Bytes
import SocketIO
import Testing

/// Every packet of the Socket.IO protocol documents 3 to 5, and what their parsers refuse.
@Suite struct SocketIOConformance {
  static let documents: [ExpectedPacket] = [
    // Protocol 5: "Packet encoding" and "Sample session".
    .init(text: "0", type: .connect),
    .init(text: #"0{"sid":"oSO0OpakMV_3jnilAAAA"}"#, type: .connect, arguments: #"{"sid":"oSO0OpakMV_3jnilAAAA"}"#),
    .init(
      text: #"0/admin,{"sid":"oSO0OpakMV_3jnilAAAA"}"#, type: .connect, namespace: "/admin",
      arguments: #"{"sid":"oSO0OpakMV_3jnilAAAA"}"#),
    .init(text: #"0{"pid":"ab","offset":"MTY0"}"#, type: .connect, arguments: #"{"pid":"ab","offset":"MTY0"}"#),
    .init(text: #"4{"message":"Not authorized"}"#, type: .connectError, arguments: #"{"message":"Not authorized"}"#),
    .init(
      text: #"4/admin,{"message":"Invalid namespace","data":{"code":7}}"#, type: .connectError, namespace: "/admin",
      arguments: #"{"message":"Invalid namespace","data":{"code":7}}"#),
    .init(text: #"2["foo"]"#, type: .event, event: "foo"),
    .init(text: #"2/admin,["bar"]"#, type: .event, namespace: "/admin", event: "bar"),
    .init(text: #"212["foo"]"#, type: .event, id: 12, event: "foo"),
    .init(text: #"3/admin,13["bar"]"#, type: .ack, namespace: "/admin", id: 13, arguments: #""bar""#),
    .init(text: "312[]", type: .ack, id: 12), .init(text: "1/admin,", type: .disconnect, namespace: "/admin"),
    .init(
      text: #"51-["baz",{"_placeholder":true,"num":0}]"#, type: .binaryEvent, attachments: 1, event: "baz",
      arguments: #"{"_placeholder":true,"num":0}"#),
    .init(
      text: #"52-/admin,["baz",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#, type: .binaryEvent,
      namespace: "/admin", attachments: 2, event: "baz",
      arguments: #"{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}"#),
    .init(
      text: #"61-15["bar",{"_placeholder":true,"num":0}]"#, type: .binaryAck, id: 15, attachments: 1,
      arguments: #""bar",{"_placeholder":true,"num":0}"#),
    .init(
      text: #"61-/admin,1[{"_placeholder":true,"num":0}]"#, type: .binaryAck, namespace: "/admin", id: 1,
      attachments: 1,
      arguments: #"{"_placeholder":true,"num":0}"#),
    // Attachments deep in an argument, and more than nine of them.
    .init(
      text: #"510-["deep",{"a":[[{"b":{"_placeholder":true,"num":9}}]]}]"#, type: .binaryEvent, attachments: 10,
      event: "deep", arguments: #"{"a":[[{"b":{"_placeholder":true,"num":9}}]]}"#),
    // Protocol 3 and 4: a query string in the namespace, and an ERROR whose data is a string.
    .init(text: "0/admin?token=1234&uid=abcd,", type: .connect, namespace: "/admin", query: "token=1234&uid=abcd"),
    .init(text: "0/?a=b,", type: .connect, query: "a=b"),
    .init(
      text: #"4/admin,"Invalid namespace""#, type: .connectError, namespace: "/admin",
      arguments: #""Invalid namespace""#),
    // A namespace with what else a name may have, and a dynamic one.
    .init(text: #"2/a/b-1_é,["x"]"#, type: .event, namespace: "/a/b-1_é", event: "x"),
    .init(
      text: #"2/dynamic-101,5["x",[],{}]"#, type: .event, namespace: "/dynamic-101", id: 5, event: "x",
      arguments: "[],{}"),
  ]

  @Test(arguments: documents)
  func `a packet of the documents is read`(expected: ExpectedPacket) throws {
    let bytes = Array(expected.text.utf8)
    let span = bytes.span.bytes
    let packet = try SocketPacket(parsing: span, in: 0..<bytes.count)
    #expect(packet.type == expected.type)
    #expect(packet.namespaceName(in: span) == expected.namespace)
    #expect(packet.namespaceQuery.map { span.text(in: $0) } == expected.query)
    #expect(packet.ackID == expected.id && packet.attachments == expected.attachments)
    #expect(packet.eventName(in: span) == expected.event)
    #expect(span.text(in: packet.arguments) == expected.arguments)
    #expect(packet.malformation == nil)
  }

  /// A packet's text, and whether it is read (with or without a malformation) or refused outright.
  enum Verdict: Equatable, Sendable {
    case wellFormed
    case malformed(SocketMalformation)
    case refused(ParseError)
  }

  static let verdicts: [(text: String, verdict: Verdict)] = [
    // "unknown packet type", upon which the server closes without a reason.
    ("8[\"a\"]", .refused(ParseError(.socketIO, .invalid("packet type")))),
    ("-", .refused(ParseError(.socketIO, .invalid("packet type")))),
    // "Illegal attachments".
    ("5a-[\"a\"]", .refused(ParseError(.socketIO, .invalid("attachments")))),
    ("5", .refused(ParseError(.socketIO, .invalid("attachments")))),
    ("61[]", .refused(ParseError(.socketIO, .invalid("attachments")))),
    // "invalid payload".
    ("2[", .malformed(.unterminatedPayload)), ("2{\"a\":1}", .malformed(.payloadNotArray)),
    ("2\"a\"", .malformed(.payloadNotArray)), ("2[]", .malformed(.missingEventName)),
    ("2[true]", .malformed(.missingEventName)), ("2[null,1]", .malformed(.missingEventName)),
    ("3{}", .malformed(.payloadNotArray)), ("1[]", .malformed(.unexpectedPayload)),
    ("0\"a\"", .malformed(.payloadNotObject)), ("4true", .malformed(.payloadNotObject)),
    ("2[\"disconnect\"]", .malformed(.reservedEventName)), ("2[\"connect_error\"]", .malformed(.reservedEventName)),
    // What only looks wrong.
    ("2[1]", .wellFormed), ("2[\"connected\"]", .wellFormed), ("2[\"Connect\"]", .wellFormed),
    ("2[\"a\",\"disconnect\"]", .wellFormed), ("30[]", .wellFormed), ("2 [\"a\"]\n", .wellFormed), ("1", .wellFormed),
  ]

  @Test(arguments: verdicts)
  func `what the parsers refuse is told, and what they take is not`(text: String, verdict: Verdict) {
    let bytes = Array(text.utf8)
    do throws(ParseError) {
      let packet = try SocketPacket(parsing: bytes.span.bytes, in: 0..<bytes.count)
      #expect(packet.malformation.map(Verdict.malformed) ?? .wellFormed == verdict)
    } catch {
      #expect(.refused(error) == verdict)
    }
  }

  @Test(arguments: SocketPacketType.allCases)
  func `every type is read from the msgpack parser`(type: SocketPacketType) throws {
    let data: [UInt8] =
      switch type {
      case .event, .binaryEvent: [0x92, 0xa1, 0x65, 0xc4, 0x01, 0x00]
      case .ack, .binaryAck: [0x91, 0x01]
      case .connect, .connectError: [0x81, 0xa1, 0x61, 0xc0]
      case .disconnect: [0xc0]
      }
    let bytes: [UInt8] =
      [0x84, 0xa4] + Array("type".utf8) + [type.rawValue, 0xa4] + Array("data".utf8) + data + [0xa3]
      + Array("nsp".utf8) + [0xa2] + Array("/a".utf8) + [0xa2] + Array("id".utf8) + [0xcd, 1, 0]
    let packet = try MessagePackPacket(parsing: bytes.span.bytes, in: 0..<bytes.count)
    #expect(packet.type == type && packet.ackID == 256 && packet.malformation == nil)
    #expect(packet.namespaceName(in: bytes.span.bytes) == "/a")
    #expect(packet.eventName(in: bytes.span.bytes) == (type.isEvent ? "e" : nil))
  }
}
