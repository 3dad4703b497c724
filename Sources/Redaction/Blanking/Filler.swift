/// What stands in the place of a text: characters of the same width in UTF-8 and UTF-16, so that every length stays true.
enum Filler {
  static let byte = UInt8(ascii: "x")

  /// Fills a range of text.
  static func fill(_ bytes: inout [UInt8], _ range: Range<Int>) {
    var offset = range.lowerBound
    while offset < range.upperBound {
      let form = form(bytes[offset])
      let isWhole =
        offset + form.count <= range.upperBound
        && bytes[(offset + 1)..<(offset + form.count)].allSatisfy { $0 & 0xc0 == 0x80 }
      let filler = isWhole ? form : [byte]
      for index in filler.indices { bytes[offset + index] = filler[index] }
      offset += filler.count
    }
  }

  /// The filler for a character that begins with a byte: `x`, `×`, `…` or a speech balloon.
  private static func form(_ first: UInt8) -> [UInt8] {
    switch first {
    case 0xc2...0xdf: [0xc3, 0x97]
    case 0xe0...0xef: [0xe2, 0x80, 0xa6]
    case 0xf0...0xf4: [0xf0, 0x9f, 0x92, 0xac]
    default: [byte]
    }
  }
}
