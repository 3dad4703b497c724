import Bytes

/// The bounds of a JSON scan.
package struct JSONLimits: Equatable, Sendable {
  /// The deepest nesting that is followed; what people send is seldom deeper than 10, what attackers send is.
  package var depth = 128
  /// The most members that a search for a key looks at; handshakes have 5, events' objects seldom over 50.
  package var members = 1024

  package init() {}
}

/// A pull reader over JSON text (RFC 8259) that finds values and decodes none.
///
/// It is as tolerant as finding things allows: commas and numbers are not checked. It may stand on the first bytes of a
/// longer text; where those end inside a value, the answer is `nil` and `stop` is `.cut`.
package struct JSONScanner: Equatable, Sendable {
  /// Where the scan is, in the bytes that each call gets.
  package private(set) var offset: Int
  /// Why the last answer was `nil`.
  package private(set) var stop: Stop?
  private let end: Int
  private let limits: JSONLimits

  package enum Stop: UInt8, Sendable {
    /// The object or array ended.
    case end
    /// The bytes ended inside a value.
    case cut
    case malformed
    /// Nesting beyond `JSONLimits.depth`.
    case tooDeep
  }

  package init(_ range: Range<Int>, limits: JSONLimits = JSONLimits()) {
    offset = range.lowerBound
    end = range.upperBound
    self.limits = limits
  }

  /// Steps into an object, so that `member(in:)` gives its members; `false` where there is none.
  package mutating func enterObject(in bytes: RawSpan) -> Bool { enter(UInt8(ascii: "{"), in: bytes) }

  /// Steps into an array, so that `element(in:)` gives its elements; `false` where there is none.
  package mutating func enterArray(in bytes: RawSpan) -> Bool { enter(UInt8(ascii: "["), in: bytes) }

  /// The next member of the object that was entered.
  package mutating func member(in bytes: RawSpan) -> (key: JSONValue, value: JSONValue)? {
    guard let key = item(closedBy: UInt8(ascii: "}"), in: bytes) else { return nil }
    guard key.kind == .string else { return halt(.malformed) }
    guard let colon = peek(in: bytes) else { return halt(.cut) }
    guard colon == UInt8(ascii: ":") else { return halt(.malformed) }
    offset += 1
    guard let value = value(in: bytes) else { return nil }
    return (key, value)
  }

  /// The next element of the array that was entered.
  package mutating func element(in bytes: RawSpan) -> JSONValue? {
    item(closedBy: UInt8(ascii: "]"), in: bytes)
  }

  /// The value of an object's member, the object being the scanner's next value.
  package mutating func value(forKey name: StaticString, in bytes: RawSpan) -> JSONValue? {
    guard enterObject(in: bytes) else { return nil }
    for _ in 0..<limits.members {
      guard let (key, value) = member(in: bytes) else { return nil }
      if key.isString(name, in: bytes) { return value }
    }
    return nil
  }

  /// The next value, an object or array being passed over as a whole.
  package mutating func value(in bytes: RawSpan) -> JSONValue? {
    guard let first = peek(in: bytes) else { return halt(.cut) }
    switch first {
    case UInt8(ascii: "\""): return string(in: bytes)
    case UInt8(ascii: "{"): return composite(.object, in: bytes)
    case UInt8(ascii: "["): return composite(.array, in: bytes)
    case UInt8(ascii: "t"): return literal("true", .true, in: bytes)
    case UInt8(ascii: "f"): return literal("false", .false, in: bytes)
    case UInt8(ascii: "n"): return literal("null", .null, in: bytes)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return number(in: bytes)
    default: return halt(.malformed)
    }
  }

  /// The next byte that is not white space, without taking it.
  package mutating func peek(in bytes: RawSpan) -> UInt8? {
    while offset < end {
      let byte = bytes.byte(at: offset)
      guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return byte }
      offset += 1
    }
    return nil
  }

  private mutating func halt<Value>(_ reason: Stop) -> Value? {
    stop = reason
    return nil
  }

  private mutating func enter(_ bracket: UInt8, in bytes: RawSpan) -> Bool {
    guard let first = peek(in: bytes) else {
      stop = .cut
      return false
    }
    guard first == bracket else {
      stop = .malformed
      return false
    }
    offset += 1
    return true
  }

  private mutating func item(closedBy bracket: UInt8, in bytes: RawSpan) -> JSONValue? {
    guard var next = peek(in: bytes) else { return halt(.cut) }
    if next == UInt8(ascii: ",") {
      offset += 1
      guard let following = peek(in: bytes) else { return halt(.cut) }
      next = following
    }
    guard next != bracket else {
      offset += 1
      return halt(.end)
    }
    return value(in: bytes)
  }

  private mutating func string(in bytes: RawSpan) -> JSONValue? {
    let start = offset + 1
    var hasEscapes = false
    var cursor = start
    while cursor < end {
      let byte = bytes.byte(at: cursor)
      if byte == UInt8(ascii: "\"") {
        offset = cursor + 1
        return JSONValue(.string, start..<cursor, hasEscapes: hasEscapes)
      }
      if byte == UInt8(ascii: "\\") {
        hasEscapes = true
        cursor += 1
      }
      cursor += 1
    }
    offset = end
    return halt(.cut)
  }

  private mutating func number(in bytes: RawSpan) -> JSONValue? {
    let start = offset
    while offset < end {
      switch bytes.byte(at: offset) {
      case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
        offset += 1
      default:
        return JSONValue(.number, start..<offset)
      }
    }
    return JSONValue(.number, start..<offset)
  }

  private mutating func literal(_ text: StaticString, _ kind: JSONValue.Kind, in bytes: RawSpan) -> JSONValue? {
    let count = text.utf8CodeUnitCount
    guard end - offset >= count else { return halt(.cut) }
    guard bytes.starts(with: text, at: offset) else { return halt(.malformed) }
    offset += count
    return JSONValue(kind, offset - count..<offset)
  }

  private mutating func composite(_ kind: JSONValue.Kind, in bytes: RawSpan) -> JSONValue? {
    let start = offset
    var depth = 0
    while offset < end {
      switch bytes.byte(at: offset) {
      case UInt8(ascii: "\""):
        guard string(in: bytes) != nil else { return nil }
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        guard depth <= limits.depth else { return halt(.tooDeep) }
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
      default:
        break
      }
      offset += 1
      if depth == 0 { return JSONValue(kind, start..<offset) }
    }
    return halt(.cut)
  }
}
