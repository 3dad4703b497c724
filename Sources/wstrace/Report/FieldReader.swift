/// Takes one field after the other; the bytes are this program's own.
struct FieldReader {
  let bytes: [UInt8]
  var offset: Int

  /// Appends a number with seven bits in each byte, the least significant first.
  static func append(_ value: UInt64, to bytes: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// Appends a text or none.
  static func append(_ text: String?, to bytes: inout [UInt8]) {
    guard let text else { return append(0, to: &bytes) }
    append(UInt64(text.utf8.count) + 1, to: &bytes)
    bytes += text.utf8
  }

  mutating func byte() -> UInt8 {
    offset += 1
    return bytes[offset - 1]
  }

  mutating func number() -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = byte()
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }

  /// A number whose lowest bit is its sign.
  mutating func signed() -> Int64 {
    let value = number()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  mutating func bytes(_ count: Int) -> [UInt8] {
    offset += count
    return Array(bytes[offset - count..<offset])
  }

  mutating func text() -> String { text(Int(number())) }

  mutating func optionalText() -> String? {
    let count = Int(number())
    return count > 0 ? text(count - 1) : nil
  }

  private mutating func text(_ count: Int) -> String {
    offset += count
    return String(decoding: bytes[offset - count..<offset], as: UTF8.self)
  }
}

/// Words that come again and again, by number; who reads them in the order of the writing learns them alike.
struct WordTable {
  /// Words that get a number, in one byte; they are looked for one after the other, so that there must not be many.
  private static let most = 64

  private var words: [String] = []

  /// Appends a word's number, or 0 and the word.
  mutating func encode(_ word: String, into bytes: inout [UInt8]) {
    if let index = words.firstIndex(of: word) {
      bytes.append(UInt8(index + 2))
      return
    }
    bytes.append(0)
    FieldReader.append(UInt64(word.utf8.count), to: &bytes)
    bytes += word.utf8
    learn(word)
  }

  /// Appends a word, or 1 for none.
  mutating func encode(_ word: String?, into bytes: inout [UInt8]) {
    if let word { encode(word, into: &bytes) } else { bytes.append(1) }
  }

  /// Reads a word or none.
  mutating func optional(_ reader: inout FieldReader) -> String? {
    let number = Int(reader.byte())
    if number >= 2 { return words[number - 2] }
    if number == 1 { return nil }
    let word = reader.text()
    learn(word)
    return word
  }

  mutating func word(_ reader: inout FieldReader) -> String { optional(&reader) ?? "" }

  private mutating func learn(_ word: String) { if words.count < WordTable.most { words.append(word) } }
}
