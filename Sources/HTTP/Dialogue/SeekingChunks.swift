import Bytes
import Packets

/// Chunked responses behind a hole that hides where chunks begin (RFC 9112 section 7.1).
///
/// Servers that stream flush chunk by chunk, so that segments begin with a chunk-size line. Where one seems to stand there
/// it is tried; nothing is said of the bytes but that they were skipped, until the guess is confirmed. The response is over
/// where another one begins, or the client has asked for something else: clients do not pipeline.
extension MessageReader {
  /// Passes over bytes that the capture misses, of which some are chunk framing perhaps.
  mutating func loseChunks(_ length: Int, _ reader: ChunkedReader, _ ledger: ExchangeLedger) -> Dialogue.Event {
    var reader = reader
    let loss = reader.receive(gap: length)
    hasHole = true
    if loss == .data {
      state = .chunked(reader)
      return .lost(length, .body(exchange: exchange))
    }
    guard isSought, !isOver(ledger) else {
      state = .ending(complete: false, then: .search)
      return .lost(length, .message(exchange: exchange))
    }
    hasLostPlace = true
    state = loss == .dataEnd ? .chunked(reader) : .seeking(nil)
    return .lost(length, .chunks(exchange: exchange))
  }

  /// Looks for a chunk at the beginning of a piece, and for the next response anywhere in it.
  ///
  /// Each byte is looked at three times at most: for a chunk that an earlier piece began, for one that this piece begins,
  /// and for a response.
  mutating func seek(
    _ bytes: RawSpan, _ offset: inout Int, _ trial: ChunkTrial?, _ ledger: ExchangeLedger, _ limits: HTTPLimits
  ) -> Step {
    guard !isOver(ledger) else {
      state = .ending(complete: false, then: .search)
      return .again
    }
    var pending: ChunkTrial?
    // Behind what contradicted a guess, only the next piece is looked at.
    if offset == 0 {
      for start in [trial, ChunkTrial()] {
        guard var trial = start else { continue }
        switch trial.read(bytes, limits: limits) {
        case .confirmed(let reader, let place):
          // The chunk lies within this piece and can be read whole, or is over.
          let isWhole = start == ChunkTrial()
          state = .chunked(isWhole ? ChunkedReader() : reader)
          return skip(bytes, &offset, to: isWhole ? 0 : place)
        case .ended(let place):
          state = .ending(complete: false, then: .search)
          return skip(bytes, &offset, to: place)
        case .more: pending = pending ?? trial
        case .refuted: break
        }
      }
    }
    if let head = nextHead(bytes, from: offset) {
      state = .ending(complete: false, then: .search)
      return skip(bytes, &offset, to: head)
    }
    state = .seeking(pending)
    return skip(bytes, &offset, to: bytes.byteCount)
  }

  /// Tells the end of a response whose chunks are searched, where it is over.
  mutating func concludeLostBody(_ ledger: ExchangeLedger) -> Dialogue.Event? {
    guard case .seeking = state, isOver(ledger) else { return nil }
    state = .searching
    return .end(exchange: exchange, complete: false)
  }

  private func isOver(_ ledger: ExchangeLedger) -> Bool { ledger.requested > exchange }

  private func skip(_ bytes: RawSpan, _ offset: inout Int, to end: Int) -> Step {
    let skipped = take(bytes, &offset, end - offset)
    return skipped.isEmpty ? .again : .event(.skipped(skipped.count))
  }

  /// The offset of a whole status line; a body may have lines that begin like one.
  private func nextHead(_ bytes: RawSpan, from start: Int) -> Int? {
    var offset = start
    while let found = Opening.search(bytes, from: offset, direction: direction),
      let lineFeed = bytes.firstOffset(of: Octet.lineFeed, from: found)
    {
      offset = lineFeed + 1
      if Self.isStartLine(bytes.extracting(found..<offset), direction) { return found }
    }
    return nil
  }
}
