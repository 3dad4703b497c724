import Bytes

/// Words that come again and again, by number; who reads them in the order of the writing learns them alike.
struct WordTable {
  /// Words that get a number, in one byte; they are looked for one after the other, so that there must not be many.
  private static let most = 64

  private var words: [String] = []

  /// A word's number, where it has one.
  func number(of word: String) -> UInt8? { words.firstIndex(of: word).map { UInt8($0 + 2) } }

  /// Appends a word's number, or 0 and the word.
  mutating func encode(_ word: String, into bytes: inout ByteBuffer) {
    if let number = number(of: word) { return bytes.append(number) }
    bytes.append(0)
    bytes.append(base128: UInt64(word.utf8.count))
    bytes.append(word)
    learn(word)
  }

  /// Appends a word, or 1 for none.
  mutating func encode(_ word: String?, into bytes: inout ByteBuffer) {
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
