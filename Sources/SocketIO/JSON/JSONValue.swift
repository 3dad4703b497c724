import Bytes

/// A JSON value that was found, not decoded: what it is, and where.
package struct JSONValue: Equatable, Sendable {
  package var kind: Kind
  /// Where the value is: for a string what stands between its quotes, else the whole text with its brackets.
  package var range: Range<Int>
  /// Whether a string has escapes, so that its bytes are not its text.
  package var hasEscapes: Bool

  package enum Kind: UInt8, Sendable {
    case string, number, object, array, `true`, `false`, null
  }

  @inlinable
  package init(_ kind: Kind, _ range: Range<Int>, hasEscapes: Bool = false) {
    self.kind = kind
    self.range = range
    self.hasEscapes = hasEscapes
  }

  /// The text of a string, unescaped; of any other value, its JSON.
  package func string(in bytes: RawSpan) -> String {
    hasEscapes ? JSONEscapes.decode(bytes, range) : bytes.text(in: range)
  }

  /// Whether this is a string with the text of an ASCII literal that needs no escapes.
  package func isString(_ text: StaticString, in bytes: RawSpan) -> Bool {
    guard kind == .string else { return false }
    if hasEscapes { return string(in: bytes) == "\(text)" }
    return range.count == text.utf8CodeUnitCount && bytes.starts(with: text, at: range.lowerBound)
  }

  /// A number, rounded to an integer and clamped to what 53 bits hold, as JavaScript would; `nil` for any other value.
  package func integer(in bytes: RawSpan) -> Int? {
    guard kind == .number, range.count <= 64, let value = Double(bytes.text(in: range)), !value.isNaN else {
      return nil
    }
    let limit = 9_007_199_254_740_991.0
    return Int(max(-limit, min(limit, value.rounded())))
  }
}
