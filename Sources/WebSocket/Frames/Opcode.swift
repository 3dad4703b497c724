/// What a frame is for (RFC 6455 section 5.2).
///
/// A struct over the wire's value, so that a reserved opcode can be shown and flagged.
package struct Opcode: RawRepresentable, BitwiseCopyable, Hashable, Sendable {
  /// The four bits of the wire.
  package var rawValue: UInt8

  /// An opcode as it stands on the wire.
  @inlinable
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// A further fragment of a message.
  package static let continuation = Opcode(rawValue: 0x0)
  /// The first or only fragment of a text.
  package static let text = Opcode(rawValue: 0x1)
  /// The first or only fragment of binary data.
  package static let binary = Opcode(rawValue: 0x2)
  /// A Close frame.
  package static let close = Opcode(rawValue: 0x8)
  /// A Ping frame.
  package static let ping = Opcode(rawValue: 0x9)
  /// A Pong frame.
  package static let pong = Opcode(rawValue: 0xa)

  /// Whether the most significant bit of the opcode is set, as in control frames (section 5.5), reserved ones included.
  @inlinable
  package var isControl: Bool { rawValue & 0x8 != 0 }

  /// Whether this is one of the opcodes 3–7 and 11–15, kept for frames yet to be defined.
  @inlinable
  package var isReserved: Bool { (0b1111_1000_1111_1000 as UInt16) >> UInt16(rawValue & 0xf) & 1 != 0 }
}

extension Opcode: CustomStringConvertible {
  /// The name in small letters, or the number of a reserved opcode.
  package var description: String {
    switch self {
    case .continuation: "continuation"
    case .text: "text"
    case .binary: "binary"
    case .close: "close"
    case .ping: "ping"
    case .pong: "pong"
    default: "opcode \(rawValue)"
    }
  }
}
