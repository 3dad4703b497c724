import Bytes

/// The guess that a chunk begins with certain bytes, behind a hole that hides where chunks begin, until what follows
/// confirms or refutes it (RFC 9112 section 7.1).
///
/// It is stricter than `ChunkedReader`: a size has nothing but an extension behind it, lines end in CRLF, and the data is
/// followed by CRLF right behind its last byte. It needs the same few bytes however much it is fed.
struct ChunkTrial: Equatable, Sendable {
  /// Digits of a size, leading zeros included; some servers write all of them.
  private static let mostDigits = 16

  private var place = Place.size(0, digits: 0)
  private var hasChunk = false

  private enum Place: Equatable, Sendable {
    case size(Int, digits: Int)
    case extensions(size: Int, length: Int)
    /// Behind the carriage return of the chunk-size line.
    case sizeEnd(Int)
    case data(remaining: Int)
    /// Behind a chunk's data, or behind a last chunk that is the first one here.
    case dataEnd(hasCarriageReturn: Bool, isLast: Bool)
    /// Behind the last chunk and its empty trailer section, where nothing else follows in the same segment but a response.
    case over
  }

  enum Verdict: Equatable {
    case more, refuted
    /// At this offset stands a chunk-size, whose line is complete, or the end of the bytes.
    case confirmed(ChunkedReader, at: Int)
    /// The body ends before this offset.
    case ended(at: Int)
  }

  /// Goes over a delivered piece.
  ///
  /// A whole chunk confirms the guess where the segment ends with it, as it does where a server flushes chunk by chunk, or
  /// where the next chunk-size line follows. A last chunk needs an end of the segment or a status line behind it.
  mutating func read(_ bytes: RawSpan, limits: HTTPLimits) -> Verdict {
    var offset = 0
    while offset < bytes.byteCount {
      let byte = bytes.byte(at: offset)
      switch place {
      case .size(let size, let digits):
        guard readSize(byte, size, digits, limits) else { return .refuted }
      case .extensions(let size, let length):
        guard byte != Octet.lineFeed, length < limits.chunkLineBytes else { return .refuted }
        place = byte == Octet.carriageReturn ? .sizeEnd(size) : .extensions(size: size, length: length + 1)
      case .sizeEnd(let size):
        guard byte == Octet.lineFeed else { return .refuted }
        if hasChunk { return .confirmed(ChunkedReader(beforeLineFeedOf: size), at: offset) }
        place = size > 0 ? .data(remaining: size) : .dataEnd(hasCarriageReturn: false, isLast: true)
      case .data(let remaining):
        let count = min(remaining, bytes.byteCount - offset)
        place =
          count < remaining ? .data(remaining: remaining - count) : .dataEnd(hasCarriageReturn: false, isLast: false)
        offset += count
        continue
      case .dataEnd(let hasCarriageReturn, let isLast):
        guard byte == (hasCarriageReturn ? Octet.lineFeed : Octet.carriageReturn) else { return .refuted }
        if !hasCarriageReturn {
          place = .dataEnd(hasCarriageReturn: true, isLast: isLast)
        } else {
          hasChunk = !isLast
          place = isLast ? .over : .size(0, digits: 0)
        }
      case .over:
        return bytes.extracting(droppingFirst: offset).starts(with: "HTTP/1.") ? .ended(at: offset) : .refuted
      }
      offset += 1
    }
    switch place {
    case .over: return .ended(at: offset)
    case .size(_, digits: 0) where hasChunk: return .confirmed(ChunkedReader(), at: offset)
    default: return .more
    }
  }

  /// Passes over bytes that the capture misses; whether the place behind them is known by the chunk's size.
  mutating func receive(gap length: Int) -> Bool {
    guard case .data(let remaining) = place else { return false }
    switch length - remaining {
    case ..<0: place = .data(remaining: remaining - length)
    case 0: place = .dataEnd(hasCarriageReturn: false, isLast: false)
    case 1: place = .dataEnd(hasCarriageReturn: true, isLast: false)
    case 2:
      hasChunk = true
      place = .size(0, digits: 0)
    default: return false
    }
    return true
  }

  /// Reads a byte of the size, or what ends it; whether a chunk may have such a size.
  private mutating func readSize(_ byte: UInt8, _ size: Int, _ digits: Int, _ limits: HTTPLimits) -> Bool {
    if let digit = Octet.hexadecimal(byte) {
      let larger = size << 4 | Int(digit)
      guard larger <= limits.soughtChunkBytes, digits < Self.mostDigits else { return false }
      place = .size(larger, digits: digits + 1)
      return true
    }
    guard digits > 0 else { return false }
    switch byte {
    case Octet.semicolon: place = .extensions(size: size, length: 0)
    case Octet.carriageReturn: place = .sizeEnd(size)
    default: return false
    }
    return true
  }
}
