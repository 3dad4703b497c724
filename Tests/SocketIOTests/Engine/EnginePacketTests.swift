import Bytes
import SocketIO
import Testing

@Suite struct EnginePacketTests {
  @Test(arguments: [
    ("0{\"sid\":\"a\"}", EngineIOPacketType.open, false), ("1", .close, false), ("2", .ping, false),
    ("2probe", .ping, true), ("3probe", .pong, true), ("3prob", .pong, false), ("3probes", .pong, false),
    ("4probe", .message, false), ("42[\"a\"]", .message, false), ("5", .upgrade, false), ("6", .noop, false),
  ])
  func `the first digit is the type`(text: String, type: EngineIOPacketType, isProbe: Bool) throws {
    let bytes = Array(text.utf8)
    for version in EngineIOVersion.allCases {
      let packet = try EnginePacket(parsingText: bytes.span.bytes, version: version)
      #expect(packet == EnginePacket(type: type, data: 1..<bytes.count, encoding: .text, isProbe: isProbe))
    }
  }

  @Test func `base64 has a type digit in revision 3 only`() throws {
    let bytes = Array("b4AQID".utf8)
    let old = try EnginePacket(parsingText: bytes.span.bytes, version: .v3)
    #expect(old == EnginePacket(type: .message, data: 2..<6, encoding: .base64, isProbe: false))
    let new = try EnginePacket(parsingText: bytes.span.bytes, version: .v4)
    #expect(new == EnginePacket(type: .message, data: 1..<6, encoding: .base64, isProbe: false))
  }

  @Test func `a binary message has a type byte in revision 3 only`() throws {
    let bytes: [UInt8] = [4, 9]
    let old = try EnginePacket(parsingBinary: bytes.span.bytes, version: .v3)
    #expect(old == EnginePacket(type: .message, data: 1..<2, encoding: .binary, isProbe: false))
    let new = try EnginePacket(parsingBinary: bytes.span.bytes, version: .v4)
    #expect(new.data == 0..<2 && new.isBinary)
  }

  @Test(arguments: ["7", "x", "/", "{}"])
  func `any other first byte is malformed`(text: String) {
    let bytes = Array(text.utf8)
    #expect(throws: ParseError(.engineIO, .invalid("packet type"))) {
      try EnginePacket(parsingText: bytes.span.bytes)
    }
  }

  @Test func `shorter prefixes say what is needed`() {
    let bytes: [UInt8] = [0x62]
    let empty: [UInt8] = []
    #expect(throws: ParseError.short(.engineIO, needed: 1, available: 0)) {
      try EnginePacket(parsingText: empty.span.bytes)
    }
    #expect(throws: ParseError.short(.engineIO, needed: 2, available: 1)) {
      try EnginePacket(parsingText: bytes.span.bytes, version: .v3)
    }
    #expect(throws: ParseError.short(.engineIO, needed: 1, available: 0)) {
      try EnginePacket(parsingBinary: empty.span.bytes, version: .v3)
    }
  }

  @Test(arguments: [(0, 0, 0), (4, 0, 3), (4, 1, 2), (4, 2, 1), (2, 0, 1), (3, 0, 2), (8, 1, 5)])
  func `base64 has three bytes for four characters`(count: Int, padding: Int, decoded: Int) {
    #expect(Base64.decodedLength(count: count, padding: padding) == decoded)
  }
}
