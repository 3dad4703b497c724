import Bytes

/// Reads JSON, whole or cut, token by token, without judging whether it is well formed (RFC 8259).
///
/// What is to be hidden must be found even in what no parser would accept, so that everything that is no token is one
/// of kind `other`. The bytes are borrowed for each token, because every message of a report passes here.
struct JSONTokens {
  /// A piece of JSON.
  struct Token {
    enum Kind {
      /// A member's name, its quotation marks included.
      case key
      /// A string, its quotation marks included.
      case text
      case number, literal, punctuation, space, other
    }

    var kind: Kind
    var range: Range<Int>
    /// Whether this is the first element of the outermost array: an event's name.
    var isFirstElement = false
    /// The name before the value, where it is a member of an object.
    var key: Range<Int>?
    /// Whether the member before it says that the object stands for an attachment.
    var isPlaceholder = false
  }

  private let end: Int
  private var offset: Int
  private var containers = OpenContainers()
  private var expectsKey = false
  private var elements = 0
  private var lastKey: Range<Int>?
  private var sawPlaceholder = false

  /// Reads the JSON that stands in a range.
  init(in range: Range<Int>) {
    offset = range.lowerBound
    end = range.upperBound
  }

  /// The next token of the bytes, which are always the same; `nil` at their end.
  mutating func next(_ bytes: RawSpan) -> Token? {
    guard offset < end else { return nil }
    let start = offset
    switch bytes.byte(at: offset) {
    case UInt8(ascii: "\""): return string(bytes)
    case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ","),
      UInt8(ascii: ":"):
      offset += 1
      punctuate(bytes.byte(at: start))
      return Token(kind: .punctuation, range: start..<offset)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return run(.number, bytes) { JSONTokens.isNumberPart($0) }
    case UInt8(ascii: "a")...UInt8(ascii: "z"):
      return word(bytes)
    case 0x20, 0x09, 0x0a, 0x0d:
      return run(.space, bytes) { $0 == 0x20 || $0 == 0x09 || $0 == 0x0a || $0 == 0x0d }
    default:
      offset += 1
      return Token(kind: .other, range: start..<offset)
    }
  }

  private static func isNumberPart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
      UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }

  @inline(__always)
  private mutating func run(_ kind: Token.Kind, _ bytes: RawSpan, _ isPart: (UInt8) -> Bool) -> Token {
    let start = offset
    while offset < end, isPart(bytes.byte(at: offset)) { offset += 1 }
    return Token(kind: kind, range: start..<offset, key: lastKey, isPlaceholder: sawPlaceholder)
  }

  /// `true`, `false` or `null`; any other word is none of JSON's.
  private mutating func word(_ bytes: RawSpan) -> Token {
    var token = run(.literal, bytes) { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 }
    let word = bytes.extracting(token.range)
    if !word.isEqual(to: "true"), !word.isEqual(to: "false"), !word.isEqual(to: "null") { token.kind = .other }
    return token
  }

  private mutating func string(_ bytes: RawSpan) -> Token {
    let start = offset
    offset = JSONTokens.endOfString(bytes.extracting(..<end), from: start + 1)
    let range = start..<offset
    guard expectsKey else {
      let isFirst = containers.depth == 1 && !containers.innermostIsObject && elements == 0
      return Token(kind: .text, range: range, isFirstElement: isFirst, key: lastKey)
    }
    expectsKey = false
    lastKey = range
    if bytes.extracting(range).isEqual(to: "\"_placeholder\"") { sawPlaceholder = true }
    return Token(kind: .key, range: range)
  }

  /// The offset behind the quotation mark that ends a string, or the end of the bytes; an escape's second byte ends none.
  static func endOfString(_ bytes: RawSpan, from start: Int) -> Int {
    var offset = start
    // Names are short: a call for each would take longer than to look at them.
    let near = min(start + 16, bytes.byteCount)
    while offset < near {
      switch bytes.byte(at: offset) {
      case UInt8(ascii: "\""): return offset + 1
      case UInt8(ascii: "\\"): offset += 2
      default: offset += 1
      }
    }
    while let quote = bytes.firstOffset(of: UInt8(ascii: "\""), from: offset) {
      // It is one of the text where the backslashes before it are odd in number: each second one is escaped itself.
      var backslashes = 0
      while quote - backslashes > offset, bytes.byte(at: quote - backslashes - 1) == UInt8(ascii: "\\") {
        backslashes += 1
      }
      offset = quote + 1
      if backslashes.isMultiple(of: 2) { return offset }
    }
    return bytes.byteCount
  }

  private mutating func punctuate(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      containers.open(isObject: byte == UInt8(ascii: "{"))
      lastKey = nil
      sawPlaceholder = false
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      containers.close()
      lastKey = nil
    case UInt8(ascii: ","):
      if containers.depth == 1 { elements += 1 }
      lastKey = nil
    default: return
    }
    expectsKey = containers.innermostIsObject && byte != UInt8(ascii: "}") && byte != UInt8(ascii: "]")
  }
}

/// For each open container of a document whether it is an object, in one bit: every message of a report has some.
private struct OpenContainers {
  /// Containers in containers that are told apart; deeper ones count as part of the last.
  private static let deepest = 256

  private var bits = InlineArray<4, UInt64>(repeating: 0)
  private(set) var depth = 0

  var innermostIsObject: Bool {
    depth > 0 && bits[(depth - 1) / 64] & (1 << UInt64((depth - 1) % 64)) != 0
  }

  mutating func open(isObject: Bool) {
    guard depth < OpenContainers.deepest else { return }
    let bit: UInt64 = 1 << UInt64(depth % 64)
    if isObject { bits[depth / 64] |= bit } else { bits[depth / 64] &= ~bit }
    depth += 1
  }

  mutating func close() { if depth > 0 { depth -= 1 } }
}
