import Bytes
import Packets

/// Writes JSON (RFC 8259) into bytes, value by value.
///
/// The caller keeps the order of keys and values; commas are set here. Nothing that is written is ever read again, so
/// that the bytes can be taken away at any time.
package struct JSONWriter: ~Copyable {
  /// What was written and not yet taken.
  package var bytes = ByteBuffer()
  /// Whether the next key or element follows another one.
  private var needsComma = false

  package init() {}

  /// How many bytes were written and not yet taken.
  package var count: Int { bytes.count }

  /// Hands over what was written so far.
  package mutating func take() -> [UInt8] { bytes.take() }

  package mutating func beginObject() { open("{") }
  package mutating func endObject() { close("}") }
  package mutating func beginArray() { open("[") }
  package mutating func endArray() { close("]") }

  /// Ends a document or a line.
  package mutating func newline() {
    bytes.append(UInt8(ascii: "\n"))
    needsComma = false
  }

  /// A member's name that needs no escape.
  package mutating func key(_ name: StaticString) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    literal(name)
    literal("\":")
    needsComma = false
  }

  /// A member's name as it stands in the document, with the comma before it and its colon: one step instead of five, for
  /// objects of which there are millions.
  @inline(__always)
  mutating func joined(_ name: StaticString) {
    literal(name)
    needsComma = false
  }

  /// A member's name that came from the network.
  package mutating func key(_ name: String) {
    string(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  package mutating func null() {
    separate()
    literal("null")
  }

  package mutating func boolean(_ value: Bool) {
    separate()
    literal(value ? "true" : "false")
  }

  package mutating func string(_ text: String) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    appendEscaped(text.utf8Span.span)
    bytes.append(UInt8(ascii: "\""))
  }

  /// A word of a protocol or of this program, which needs no escape.
  mutating func word(_ text: String) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    bytes.append(text)
    bytes.append(UInt8(ascii: "\""))
  }

  /// A word of a protocol or of this program, which needs no escape.
  mutating func word(_ text: StaticString) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    bytes.append(text)
    bytes.append(UInt8(ascii: "\""))
  }

  /// Bytes that should be UTF-8; what is not becomes U+FFFD.
  package mutating func string(utf8: [UInt8]) { string(utf8: utf8.span) }

  /// Bytes that should be UTF-8; what is not becomes U+FFFD.
  mutating func string(utf8: Span<UInt8>) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    appendEscaped(utf8)
    bytes.append(UInt8(ascii: "\""))
  }

  /// A value that is JSON already.
  mutating func raw(_ json: [UInt8]) {
    separate()
    bytes.append(json)
  }

  /// Members that stand in the document like this, with the comma before them, to the end of a value.
  mutating func append(_ members: borrowing ByteBuffer) {
    members.withBytes { bytes.append($0) }
    needsComma = true
  }

  /// Sets the comma before a value or a key.
  @inline(__always)
  mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  /// Appends text that is JSON already.
  @inline(__always)
  mutating func literal(_ text: StaticString) { bytes.append(text) }

  private mutating func open(_ bracket: Unicode.Scalar) {
    separate()
    bytes.append(UInt8(ascii: bracket))
    needsComma = false
  }

  private mutating func close(_ bracket: Unicode.Scalar) {
    bytes.append(UInt8(ascii: bracket))
    needsComma = true
  }
}
