import Bytes
import SocketIO
import Testing

@Suite struct MessagePackPacketTests {
  private static func string(_ text: String) -> [UInt8] { [0xa0 | UInt8(text.utf8.count)] + Array(text.utf8) }

  /// `{type: 2, data: ["token", {n: 300}, <binary>], options: {compress: true}, id: 7, nsp: "/chat"}`.
  static let event: [UInt8] =
    [0x85] + string("type") + [2] + string("data") + [0x93] + string("token") + [0x81] + string("n") + [0xcd, 1, 44]
    + [0xc4, 2, 0, 1] + string("options") + [0x81] + string("compress") + [0xc3] + string("id") + [7] + string("nsp")
    + string("/chat")

  @Test func `an event is read`() throws {
    let span = Self.event.span.bytes
    #expect(MessagePackPacket.isLikely(span) == true)
    let packet = try MessagePackPacket(parsing: span, in: 0..<Self.event.count)
    #expect(packet.type == .event && packet.ackID == 7 && packet.malformation == nil)
    #expect(packet.eventName(in: span) == "token")
    #expect(packet.namespaceName(in: span) == "/chat")
    #expect(packet.data?.kind == .array)
  }

  @Test func `every shorter prefix is short; as a preview it tells what it shows`() throws {
    for count in 0..<Self.event.count {
      let bytes = Array(Self.event[..<count])
      #expect(throws: ParseError.self) { try MessagePackPacket(parsing: bytes.span.bytes, in: 0..<count) }
      guard count >= 7 else { continue }
      let packet = try MessagePackPacket(parsing: bytes.span.bytes, in: 0..<count, isWhole: false)
      #expect(packet.type == .event && packet.malformation == nil)
      #expect(packet.eventName(in: bytes.span.bytes) == (count >= 19 ? "token" : nil))
    }
  }

  @Test func `connect with an undefined payload and a disconnect are valid`() throws {
    let connect: [UInt8] =
      [0x83] + Self.string("type") + [0] + Self.string("data") + [0xd4, 0, 0] + Self.string("nsp") + Self.string("/")
    let packet = try MessagePackPacket(parsing: connect.span.bytes, in: 0..<connect.count)
    #expect(packet.type == .connect && packet.malformation == nil && packet.namespace == nil)
    let bye: [UInt8] = [0x82] + Self.string("type") + [1] + Self.string("nsp") + Self.string("/")
    #expect(try MessagePackPacket(parsing: bye.span.bytes, in: 0..<bye.count).malformation == nil)
  }

  @Test func `an event without a name is a malformation`() throws {
    let bytes: [UInt8] = [0x82] + Self.string("type") + [2] + Self.string("data") + [0x90]
    #expect(try MessagePackPacket(parsing: bytes.span.bytes, in: 0..<bytes.count).malformation == .missingEventName)
  }

  @Test(arguments: [[0x93, 1, 2, 3], [0x80], [0x85, 0xa1, 0x78, 1], [0x04, 1], [0x85]] as [[UInt8]])
  func `other binary messages are not likely packets`(bytes: [UInt8]) {
    #expect(MessagePackPacket.isLikely(bytes.span.bytes) == false)
  }

  @Test func `a count beyond the bytes is short`() {
    let bytes: [UInt8] = [0x81, 0xdd, 0xff, 0xff, 0xff, 0xff, 0xdf, 0xff, 0xff, 0xff, 0xff]
    #expect(throws: ParseError.self) { try MessagePackPacket(parsing: bytes.span.bytes, in: 0..<bytes.count) }
  }
}
