import Bytes

/// Bodies, whose bytes are never copied, and trailer sections.
extension MessageReader {
  mutating func readBody(_ bytes: RawSpan, _ offset: inout Int, _ remaining: Int) -> Step {
    let data = take(bytes, &offset, remaining)
    state =
      data.count == remaining ? .ending(complete: true, then: .message) : .body(remaining: remaining - data.count)
    return .event(.body(data, exchange: exchange))
  }

  mutating func readChunk(
    _ bytes: RawSpan, _ offset: inout Int, _ reader: ChunkedReader, _ limits: HTTPLimits
  ) -> Step {
    var reader = reader
    do {
      let largest = hasLostPlace ? limits.soughtChunkBytes : .max
      let step = try reader.next(bytes, from: &offset, largest: largest, limits: limits)
      state = .chunked(reader)
      switch step {
      case .data(let data): return .event(.body(data, exchange: exchange))
      case .more: return .wait
      case .lastChunk:
        state = .trailers(HeadScanner())
        return .again
      }
    } catch {
      guard !hasLostPlace else {
        state = .seeking(nil)
        return .again
      }
      state = .ending(complete: false, then: .fault)
      return .event(.fault(error, exchange: exchange))
    }
  }

  mutating func readTrailers(
    _ bytes: RawSpan, _ offset: inout Int, _ scanner: HeadScanner, _ limits: HTTPLimits
  ) -> Step {
    var scanner = scanner
    let start = offset
    let end = scanner.end(in: bytes, from: start)
    guard carry.count + (end ?? bytes.byteCount) - start <= limits.headBytes else {
      let dropped = carry.count
      carry = []
      guard !hasLostPlace else {
        state = .seeking(nil)
        return dropped > 0 ? .event(.skipped(dropped)) : .again
      }
      state = .ending(complete: false, then: .fault)
      return .event(.fault(.headLimit(limits.headBytes), exchange: exchange))
    }
    let part = take(bytes, &offset, (end ?? bytes.byteCount) - start)
    bytes.extracting(part).withUnsafeBytes { carry.append(contentsOf: $0) }
    state = .trailers(scanner)
    guard end != nil else { return .wait }
    let fields = HeaderFields(parsing: carry.span.bytes, limits: limits)
    carry = []
    state = .ending(complete: true, then: hasLostPlace ? .search : .message)
    return fields.isEmpty ? .again : .event(.trailers(fields, exchange: exchange))
  }
}
