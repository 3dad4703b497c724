import Packets

/// Holes in the capture, and the connection's end.
extension MessageReader {
  /// Passes over bytes that the capture misses.
  mutating func receive(gap length: Int, _ ledger: ExchangeLedger) -> Dialogue.Event? {
    switch state {
    case .body(let remaining) where length <= remaining:
      hasHole = true
      state =
        length == remaining ? .ending(complete: false, then: .message) : .body(remaining: remaining - length)
      return .lost(length, .body(exchange: exchange))
    case .untilClose:
      hasHole = true
      return .lost(length, .body(exchange: exchange))
    case .chunked(let reader):
      return loseChunks(length, reader, ledger)
    case .seeking(let trial):
      var trial = trial
      state = .seeking(trial?.receive(gap: length) == true ? trial : nil)
      return .lost(length, .chunks(exchange: exchange))
    case .body, .trailers, .faulty:
      carry = []
      state = .ending(complete: false, then: .search)
      return .lost(length, .message(exchange: exchange))
    case .ending(let complete, let next):
      state = .ending(complete: complete, then: next == .message && awaitsAnswer ? .message : .search)
      return .lost(length, .head(discarded: 0))
    case .opening, .proxyHeader, .head:
      return loseHead(length, ledger)
    case .held(let guess):
      guard ledger.outcome(of: exchange) == nil else { return .lost(length, .unanswered(exchange: exchange)) }
      state = .held(guess: guess ?? self.guess())
      return .lost(length, .unanswered(exchange: exchange))
    case .searching, .skipping(.fault, _):
      state = .searching
      return .lost(length, .skipped)
    case .skipping(.foreign, _), .skipping(.closed, _):
      return .lost(length, .skipped)
    case .announcing, .tunnel:
      return nil
    }
  }

  private mutating func loseHead(_ length: Int, _ ledger: ExchangeLedger) -> Dialogue.Event {
    let discarded = carry.count
    carry = []
    // The request of a tunnel that was seen from the other side lies in the hole.
    state = ledger.upgraded != nil && direction == .clientToServer ? .announcing : .searching
    return .lost(length, .head(discarded: discarded))
  }

  /// Ends the direction; call it until it returns `nil`.
  mutating func finish(cleanly: Bool) -> Dialogue.Event? {
    let incomplete = carry.count
    switch state {
    case .ending(let complete, _):
      state = .skipping(.closed, uncounted: 0)
      return .end(exchange: exchange, complete: complete && !hasHole)
    case .untilClose:
      state = .skipping(.closed, uncounted: 0)
      return .end(exchange: exchange, complete: cleanly && !hasHole)
    case .body, .chunked, .seeking, .trailers:
      carry = []
      state = .skipping(.closed, uncounted: 0)
      return .end(exchange: exchange, complete: false)
    case .faulty(let fault):
      state = .ending(complete: false, then: .fault)
      return .fault(fault, exchange: exchange)
    case .held(let guess) where incomplete > 0:
      state = .held(guess: guess ?? self.guess())
      return nil
    case .opening(.search):
      carry = []
      state = .skipping(.closed, uncounted: 0)
      return incomplete > 0 ? .skipped(incomplete) : nil
    case .opening, .proxyHeader, .head:
      carry = []
      state = .skipping(.closed, uncounted: 0)
      return incomplete > 0 ? .fault(.incompleteHead(incomplete), exchange: exchange + 1) : nil
    case .held, .searching:
      state = .skipping(.closed, uncounted: 0)
      return nil
    case .skipping(let reason, let uncounted):
      state = .skipping(reason, uncounted: 0)
      return uncounted > 0 ? .skipped(uncounted) : nil
    case .announcing, .tunnel:
      return nil
    }
  }
}
