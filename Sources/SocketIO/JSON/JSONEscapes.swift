import Bytes

/// The escapes of JSON strings (RFC 8259 section 7).
package enum JSONEscapes {
  /// The text between a string's quotes; unpaired surrogates and ill-formed UTF-8 become U+FFFD.
  package static func decode(_ bytes: RawSpan, _ range: Range<Int>) -> String {
    var decoder = EscapeDecoder()
    var text: [UInt8] = []
    text.reserveCapacity(range.count)
    for offset in range { decoder.receive(bytes.byte(at: offset), into: &text) }
    decoder.finish(into: &text)
    return String(decoding: text, as: UTF8.self)
  }
}

/// Undoes the escapes of a JSON or JavaScript string byte by byte, so that the string may come in pieces.
///
/// A backslash before any character that is not an escape stands for that character, as in JavaScript.
struct EscapeDecoder: Equatable, Sendable {
  private var state = State.plain
  /// The first half of a surrogate pair, until the second half is seen.
  private var highSurrogate: UInt32?

  private enum State: Equatable, Sendable {
    case plain
    case escape
    case unicode(value: UInt32, digits: Int)
  }

  /// Whether the next byte belongs to an escape, so that a quote does not end the string.
  var isInsideEscape: Bool { state != .plain }

  /// Takes one byte and appends the UTF-8 that is complete with it.
  mutating func receive(_ byte: UInt8, into text: inout [UInt8]) {
    switch state {
    case .plain:
      if byte == UInt8(ascii: "\\") {
        state = .escape
      } else {
        finish(into: &text)
        text.append(byte)
      }
    case .escape:
      if byte == UInt8(ascii: "u") {
        state = .unicode(value: 0, digits: 0)
      } else {
        finish(into: &text)
        state = .plain
        text.append(Self.meaning(of: byte))
      }
    case .unicode(let value, let digits):
      guard let digit = hexadecimalValue(of: byte) else {
        state = .plain
        appendScalar(0xfffd, to: &text)
        receive(byte, into: &text)
        return
      }
      let sum = value << 4 | UInt32(digit)
      if digits < 3 {
        state = .unicode(value: sum, digits: digits + 1)
      } else {
        state = .plain
        receiveCodeUnit(sum, into: &text)
      }
    }
  }

  /// Says that no second half follows a waiting first half of a surrogate pair.
  mutating func finish(into text: inout [UInt8]) {
    guard highSurrogate != nil else { return }
    highSurrogate = nil
    appendScalar(0xfffd, to: &text)
  }

  private mutating func receiveCodeUnit(_ unit: UInt32, into text: inout [UInt8]) {
    if let high = highSurrogate, 0xdc00...0xdfff ~= unit {
      highSurrogate = nil
      appendScalar(0x10000 + (high - 0xd800) << 10 + (unit - 0xdc00), to: &text)
      return
    }
    finish(into: &text)
    if 0xd800...0xdbff ~= unit {
      highSurrogate = unit
    } else {
      appendScalar(unit, to: &text)
    }
  }

  private func appendScalar(_ value: UInt32, to text: inout [UInt8]) {
    text.append(contentsOf: String(Unicode.Scalar(value) ?? "\u{fffd}").utf8)
  }

  private static func meaning(of byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0c
    case UInt8(ascii: "n"): 0x0a
    case UInt8(ascii: "r"): 0x0d
    case UInt8(ascii: "t"): 0x09
    default: byte
    }
  }
}

/// The value of an ASCII hexadecimal digit.
func hexadecimalValue(of byte: UInt8) -> UInt8? {
  switch byte {
  case 0x30...0x39: byte &- 0x30
  case 0x41...0x46: byte &- 0x41 &+ 10
  case 0x61...0x66: byte &- 0x61 &+ 10
  default: nil
  }
}
