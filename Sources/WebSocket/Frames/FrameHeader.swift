import Bytes

/// The header of a frame (RFC 6455 section 5.2), read as it is, conformant or not.
package struct FrameHeader: Equatable, Sendable {
  /// FIN, RSV1, RSV2, RSV3 and the opcode.
  package var firstByte: UInt8
  /// Length of the header on the wire: 2 to 14 bytes.
  package var headerLength: Int
  /// The announced length of the payload in bytes, as on the wire.
  package var payloadLength: UInt64
  /// The masking key; `nil` in an unmasked frame.
  package var maskingKey: MaskingKey?
  /// Whether a shorter form of the length field could hold the length.
  ///
  /// "the minimal number of bytes MUST be used to encode the length"
  package var isLengthMinimal: Bool

  /// The longest header: 2 bytes, a 64-bit length and a masking key.
  package static let longest = 14

  /// Reads the header at an offset.
  ///
  /// Throws `.short` with the length of the header so far as it is known: 2, then what the second byte tells.
  package init(parsing bytes: RawSpan, at offset: Int = 0) throws(ParseError) {
    let available = bytes.byteCount - offset
    guard available >= 2 else { throw .short(.webSocket, needed: 2, available: available) }
    let second = bytes.byte(at: offset + 1)
    let length = FrameHeader.headerLength(second)
    guard available >= length else { throw .short(.webSocket, needed: length, available: available) }
    firstByte = bytes.byte(at: offset)
    headerLength = length
    switch second & 0x7f {
    case 126:
      payloadLength = UInt64(bytes.uint16(at: offset + 2))
      isLengthMinimal = payloadLength >= 126
    case 127:
      payloadLength = bytes.uint64(at: offset + 2)
      isLengthMinimal = payloadLength > 0xffff
    case let short:
      payloadLength = UInt64(short)
      isLengthMinimal = true
    }
    maskingKey = second & 0x80 == 0 ? nil : MaskingKey(rawValue: bytes.uint32(at: offset + length - 4))
  }

  /// The length of a header, as its second byte tells.
  static func headerLength(_ second: UInt8) -> Int {
    let extended =
      switch second & 0x7f {
      case 126: 2
      case 127: 8
      default: 0
      }
    return 2 + extended + (second & 0x80 == 0 ? 0 : 4)
  }

  /// What the frame is for.
  package var opcode: Opcode { Opcode(rawValue: firstByte & 0xf) }

  /// Whether this is the final fragment of its message.
  package var isFinal: Bool { firstByte & 0x80 != 0 }

  /// RSV1: "Per-Message Compressed" where permessage-deflate is in use (RFC 7692 section 6).
  package var rsv1: Bool { firstByte & 0x40 != 0 }

  /// RSV2: no extension in use gives it a meaning.
  package var rsv2: Bool { firstByte & 0x20 != 0 }

  /// RSV3: no extension in use gives it a meaning.
  package var rsv3: Bool { firstByte & 0x10 != 0 }

  /// The reserved bits as a number: RSV1 counts 4, RSV2 2, RSV3 1.
  package var reservedBits: UInt8 { firstByte >> 4 & 0x7 }

  /// Whether a masking key comes before the payload.
  package var isMasked: Bool { maskingKey != nil }

  /// Whether the most significant bit of a 64-bit length is set, which "MUST be 0".
  package var isLengthMSBSet: Bool { payloadLength >> 63 != 0 }
}

extension FrameHeader: CustomStringConvertible {
  /// The header in words, for tests and logs.
  package var description: String {
    "\(opcode), \(payloadLength) bytes\(isFinal ? "" : ", not final")\(isMasked ? ", masked" : "")"
      + (reservedBits == 0 ? "" : ", RSV \(reservedBits)")
  }
}
