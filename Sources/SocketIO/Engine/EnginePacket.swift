import Bytes

/// One Engine.IO packet: a WebSocket message or a record of a long-polling body.
///
/// Text packets begin with the ASCII digit of their type. Binary data is the bare payload in revision 4 and has its
/// type as a first byte in revision 3; as text it is `b<base64>` in revision 4 and `b<digit><base64>` in revision 3.
package struct EnginePacket: Equatable, Sendable {
  package var type: EngineIOPacketType
  /// Where the packet's data is: in the bytes that it was parsed from, still base64 where `encoding` says so.
  package var data: Range<Int>
  package var encoding: Encoding
  /// Whether this is a ping or pong with exactly the data `probe`, which both sides may send in both revisions.
  package var isProbe: Bool

  /// How a packet's data is written.
  package enum Encoding: UInt8, Sendable {
    case text, base64, binary
  }

  @inlinable
  package init(type: EngineIOPacketType, data: Range<Int>, encoding: Encoding, isProbe: Bool) {
    self.type = type
    self.data = data
    self.encoding = encoding
    self.isProbe = isProbe
  }

  /// Whether the data is binary, bare or as base64.
  @inlinable
  package var isBinary: Bool { encoding != .text }

  /// Reads a packet from a text message or text record, or from the first bytes of a long one.
  package init(parsingText bytes: RawSpan, version: EngineIOVersion = .v4) throws(ParseError) {
    let count = bytes.byteCount
    guard count >= 1 else { throw .short(.engineIO, needed: 1, available: 0) }
    let first = bytes.byte(at: 0)
    if let type = EngineIOPacketType(digit: first) {
      let isHeartbeat = type == .ping || type == .pong
      self.init(
        type: type, data: 1..<count, encoding: .text,
        isProbe: isHeartbeat && count == 6 && bytes.starts(with: "probe", at: 1))
      return
    }
    guard first == UInt8(ascii: "b") else { throw ParseError(.engineIO, .invalid("packet type")) }
    guard version == .v3 else {
      self.init(type: .message, data: 1..<count, encoding: .base64, isProbe: false)
      return
    }
    guard count >= 2 else { throw .short(.engineIO, needed: 2, available: count) }
    guard let type = EngineIOPacketType(digit: bytes.byte(at: 1)) else {
      throw ParseError(.engineIO, .invalid("packet type"))
    }
    self.init(type: type, data: 2..<count, encoding: .base64, isProbe: false)
  }

  /// Reads a packet from a binary message or a binary record, or from the first bytes of a long one.
  package init(parsingBinary bytes: RawSpan, version: EngineIOVersion) throws(ParseError) {
    let count = bytes.byteCount
    guard version == .v3 else {
      self.init(type: .message, data: 0..<count, encoding: .binary, isProbe: false)
      return
    }
    guard count >= 1 else { throw .short(.engineIO, needed: 1, available: 0) }
    guard let type = EngineIOPacketType(rawValue: bytes.byte(at: 0)) else {
      throw ParseError(.engineIO, .invalid("packet type"))
    }
    self.init(type: type, data: 1..<count, encoding: .binary, isProbe: false)
  }
}
