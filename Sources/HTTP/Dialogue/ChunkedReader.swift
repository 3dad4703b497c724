import Bytes

/// The framing of a chunked body, without its trailer section (RFC 9112 section 7.1).
struct ChunkedReader: Equatable, Sendable {
  private var place: Place

  /// At the beginning of a chunk.
  init() { place = .size(0, digits: 0) }

  /// Before the line feed of the line that tells a chunk's size.
  init(beforeLineFeedOf size: Int) { place = .extensions(size: size, length: 0) }

  private enum Place: Equatable, Sendable {
    case size(Int, digits: Int)
    /// The rest of the chunk-size line: extensions, of which `length` bytes were seen.
    case extensions(size: Int, length: Int)
    case data(remaining: Int)
    /// Behind a chunk's data, before its line break.
    case dataEnd(hasCarriageReturn: Bool)
  }

  enum Step: Equatable {
    case data(Range<Int>)
    /// The chunk of size 0 was read; trailers follow.
    case lastChunk
    case more
  }

  /// Reads on to the next step; a chunk beyond the `largest` that is believed is a fault.
  mutating func next(
    _ bytes: RawSpan, from offset: inout Int, largest: Int = .max, limits: HTTPLimits
  ) throws(Dialogue.Fault) -> Step {
    while offset < bytes.byteCount {
      switch place {
      case .size(let size, let digits):
        try readSize(bytes.byte(at: offset), size, digits)
        if case .size = place { offset += 1 }
      case .extensions(let size, let length):
        guard try skipExtensions(bytes, &offset, length, size, limits.chunkLineBytes) else { break }
        guard size <= largest else { throw .chunkSize }
        if size == 0 { return .lastChunk }
        place = .data(remaining: size)
      case .data(let remaining):
        let data = offset..<offset + min(remaining, bytes.byteCount - offset)
        offset = data.upperBound
        place = remaining == data.count ? .dataEnd(hasCarriageReturn: false) : .data(remaining: remaining - data.count)
        return .data(data)
      case .dataEnd(let hasCarriageReturn):
        try readDataEnd(bytes.byte(at: offset), hasCarriageReturn)
        offset += 1
      }
    }
    return .more
  }

  /// Reads a digit, or leaves a byte that may end the size to `skipExtensions`.
  private mutating func readSize(_ byte: UInt8, _ size: Int, _ digits: Int) throws(Dialogue.Fault) {
    if let digit = Octet.hexadecimal(byte) {
      guard size < 1 << 56 else { throw .chunkSize }
      place = .size(size << 4 | Int(digit), digits: min(digits + 1, 1))
      return
    }
    guard digits > 0 else { throw .chunkSize }
    switch byte {
    case Octet.semicolon, Octet.space, Octet.tab, Octet.carriageReturn, Octet.lineFeed:
      place = .extensions(size: size, length: 0)
    default:
      throw .chunkSize
    }
  }

  /// Moves behind the chunk-size line; whether its end was in these bytes.
  private mutating func skipExtensions(
    _ bytes: RawSpan, _ offset: inout Int, _ length: Int, _ size: Int, _ limit: Int
  ) throws(Dialogue.Fault) -> Bool {
    let lineFeed = bytes.firstOffset(of: Octet.lineFeed, from: offset)
    let seen = length + (lineFeed ?? bytes.byteCount) - offset
    guard seen <= limit else { throw .chunkLineLimit(limit) }
    offset = lineFeed.map { $0 + 1 } ?? bytes.byteCount
    place = .extensions(size: size, length: seen)
    return lineFeed != nil
  }

  private mutating func readDataEnd(_ byte: UInt8, _ hasCarriageReturn: Bool) throws(Dialogue.Fault) {
    if byte == Octet.lineFeed {
      place = .size(0, digits: 0)
    } else if byte == Octet.carriageReturn, !hasCarriageReturn {
      place = .dataEnd(hasCarriageReturn: true)
    } else {
      throw .chunkEnd
    }
  }

  /// What bytes that were lost were part of.
  enum Loss {
    /// One chunk's data.
    case data
    /// The end of a chunk too, but no more than its line break: one of two bytes, as every server writes it.
    case dataEnd
    /// What tells where chunks begin.
    case place
  }

  /// Passes over bytes that were lost.
  mutating func receive(gap length: Int) -> Loss {
    guard case .data(let remaining) = place else { return .place }
    switch length - remaining {
    case ..<0: place = .data(remaining: remaining - length)
    case 0: place = .dataEnd(hasCarriageReturn: false)
    case 1:
      place = .dataEnd(hasCarriageReturn: true)
      return .dataEnd
    case 2:
      place = .size(0, digits: 0)
      return .dataEnd
    default: return .place
    }
    return .data
  }
}
