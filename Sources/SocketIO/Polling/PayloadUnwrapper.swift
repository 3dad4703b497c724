import Bytes

/// Takes a payload out of what JSONP puts around it, byte by byte.
///
/// A response is a script, `___eio[<j>]("<JavaScript string>");`. A request is a form with one field, `d=<payload>`,
/// URL-encoded, in which a line feed is written as a backslash and an `n`, and a backslash before an `n` is doubled
/// (engine.io, `polling-jsonp`).
struct PayloadUnwrapper: Sendable {
  private let wrapping: PayloadFormat.Wrapping
  private var state = State.prefix(0)
  private var escapes = EscapeDecoder()

  private enum State: Equatable, Sendable {
    /// In what comes before the payload, so many bytes of it matched.
    case prefix(Int)
    case payload
    /// In a `%XX` of a form, with its first digit.
    case percent(UInt8?)
    /// Behind the payload.
    case suffix
  }

  /// Backslashes of a form that wait for what follows them.
  private var backslashes = 0

  init(_ wrapping: PayloadFormat.Wrapping) { self.wrapping = wrapping }

  /// Whether there is nothing to take off.
  var isTransparent: Bool { wrapping == .none }

  /// Appends what the body's end gives; `false` where the body may not end here.
  mutating func finish(into plain: inout [UInt8]) -> Bool {
    switch wrapping {
    case .none: return true
    case .jsonpResponse: return state == .suffix
    case .jsonpForm:
      releaseBackslashes(into: &plain)
      return state == .payload || state == .suffix
    }
  }

  /// Takes one byte of the body and appends what it gives; `false` where the body is not what it should be.
  mutating func receive(_ byte: UInt8, into plain: inout [UInt8]) -> Bool {
    switch (wrapping, state) {
    case (.none, _):
      plain.append(byte)
      return true
    case (.jsonpResponse, .prefix(let matched)): return receiveScriptPrefix(byte, matched)
    case (.jsonpResponse, .payload):
      if byte == UInt8(ascii: "\""), !escapes.isInsideEscape {
        escapes.finish(into: &plain)
        state = .suffix
      } else {
        escapes.receive(byte, into: &plain)
      }
      return true
    case (.jsonpForm, .prefix(let matched)):
      guard byte == (matched == 0 ? UInt8(ascii: "d") : UInt8(ascii: "=")) else { return false }
      state = matched == 0 ? .prefix(1) : .payload
      return true
    case (.jsonpForm, .payload): return receiveForm(byte, into: &plain)
    case (.jsonpForm, .percent(let first)): return receivePercent(byte, first, into: &plain)
    case (_, .suffix), (.jsonpResponse, .percent): return true
    }
  }

  /// `___eio[` digits `]("`; the digits may be missing.
  private mutating func receiveScriptPrefix(_ byte: UInt8, _ matched: Int) -> Bool {
    let opening: StaticString = "___eio[]"
    let closing: StaticString = "(\""
    if matched == 7, byte &- 0x30 <= 9 { return true }
    let expected =
      matched < 8 ? opening.utf8Start[matched] : closing.utf8Start[matched - 8]
    guard byte == expected else { return false }
    state = matched == 9 ? .payload : .prefix(matched + 1)
    return true
  }

  private mutating func receiveForm(_ byte: UInt8, into plain: inout [UInt8]) -> Bool {
    switch byte {
    case UInt8(ascii: "%"): state = .percent(nil)
    case UInt8(ascii: "+"): receiveDecoded(0x20, into: &plain)
    case UInt8(ascii: "&"):
      releaseBackslashes(into: &plain)
      state = .suffix
    default: receiveDecoded(byte, into: &plain)
    }
    return true
  }

  private mutating func receivePercent(_ byte: UInt8, _ first: UInt8?, into plain: inout [UInt8]) -> Bool {
    guard let digit = hexadecimalValue(of: byte) else { return false }
    guard let first else {
      state = .percent(digit)
      return true
    }
    state = .payload
    receiveDecoded(first << 4 | digit, into: &plain)
    return true
  }

  private mutating func receiveDecoded(_ byte: UInt8, into plain: inout [UInt8]) {
    if byte == UInt8(ascii: "\\") {
      if backslashes == 2 { plain.append(byte) } else { backslashes += 1 }
      return
    }
    guard byte == UInt8(ascii: "n") else {
      releaseBackslashes(into: &plain)
      plain.append(byte)
      return
    }
    switch backslashes {
    case 0: plain.append(byte)
    case 1: plain.append(0x0a)
    default: plain.append(contentsOf: [UInt8(ascii: "\\"), byte])
    }
    backslashes = 0
  }

  private mutating func releaseBackslashes(into plain: inout [UInt8]) {
    plain.append(contentsOf: repeatElement(UInt8(ascii: "\\"), count: backslashes))
    backslashes = 0
  }
}
