import Bytes

/// Recognises the head of an event whose name was seen before: `42["name",` and the `]` at its end.
///
/// Nearly all messages of an application are one of a few events of the main namespace, without an ack id and without
/// attachments. For these a look at twenty bytes replaces parsing the packet and looking its name up.
struct EventHeads: Sendable {
  /// What an entry has of a head: the first 16 bytes behind `42["`, those behind the name as 0.
  private struct Entry {
    var first: UInt64 = 0
    var second: UInt64 = 0
    var id: NameID?
  }

  /// 64 entries of 24 bytes: more events than an application has, and a small part of a core's first cache.
  private var entries = [Entry](repeating: Entry(), count: 64)

  /// The longest name that has a closing quote in the bytes looked at.
  private static let longestName = 15

  /// The name of a known event; `nil` for all that needs a closer look.
  @inline(__always)
  func name(of bytes: RawSpan, in range: Range<Int>) -> NameID? {
    guard let head = EventHeads.head(bytes, range) else { return nil }
    let entry = entries[EventHeads.index(head.first, head.second)]
    return entry.first == head.first && entry.second == head.second ? entry.id : nil
  }

  /// Remembers the name of an event, if it has the form in question.
  mutating func remember(_ id: NameID, of bytes: RawSpan, in range: Range<Int>) {
    guard let head = EventHeads.head(bytes, range) else { return }
    entries[EventHeads.index(head.first, head.second)] = Entry(first: head.first, second: head.second, id: id)
  }

  /// The name's bytes with its closing quote, as two words, 0 behind it.
  @inline(__always)
  private static func head(_ bytes: RawSpan, _ range: Range<Int>) -> (first: UInt64, second: UInt64)? {
    let start = range.lowerBound
    guard range.count >= longestName + 6, start >= 0, range.upperBound <= bytes.byteCount,
      bytes.uncheckedUInt32(at: start) == 0x3432_5b22,
      bytes.uncheckedByte(at: range.upperBound &- 1) == UInt8(ascii: "]")
    else { return nil }
    let first = UInt64(littleEndian: bytes.uncheckedUInt64(at: start &+ 4))
    let second = UInt64(littleEndian: bytes.uncheckedUInt64(at: start &+ 12))
    let quoteInFirst = lowestByte(first, equalTo: UInt8(ascii: "\""))
    let quote = quoteInFirst < 8 ? quoteInFirst : 8 &+ lowestByte(second, equalTo: UInt8(ascii: "\""))
    guard quote <= longestName else { return nil }
    let next = bytes.uncheckedByte(at: start &+ 5 &+ quote)
    guard next == UInt8(ascii: ",") || next == UInt8(ascii: "]") else { return nil }
    let head = quote < 8 ? (first & mask(quote), UInt64(0)) : (first, second & mask(quote &- 8))
    // An escape in the name: its text is not its bytes.
    let backslash = UInt8(ascii: "\\")
    guard lowestByte(head.0, equalTo: backslash) == 8, lowestByte(head.1, equalTo: backslash) == 8 else { return nil }
    return head
  }

  /// All bits of the bytes up to an index, that one included.
  @inline(__always)
  private static func mask(_ index: Int) -> UInt64 { UInt64.max >> UInt64(56 &- index &* 8) }

  /// The index of the first byte with a value, the lowest first; 8 where there is none.
  ///
  /// The usual trick with borrows; a false hit can only stand above a true one.
  @inline(__always)
  private static func lowestByte(_ word: UInt64, equalTo value: UInt8) -> Int {
    let difference = word ^ UInt64(value) &* 0x0101_0101_0101_0101
    let hits = (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
    return hits.trailingZeroBitCount / 8
  }

  @inline(__always)
  private static func index(_ first: UInt64, _ second: UInt64) -> Int {
    Int(truncatingIfNeeded: ((first ^ second &* 3) &* 0x9e37_79b9_7f4a_7c15) >> 58)
  }
}
