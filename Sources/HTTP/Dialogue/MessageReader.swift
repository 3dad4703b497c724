import Bytes
import Packets

/// One direction of a dialogue: where it stands in its messages.
struct MessageReader: Sendable {
  let direction: Direction
  /// The number of the message that is being read, or was read last.
  var exchange = 0
  var state: State
  /// Bytes of a head that a piece's end cut, or bytes that are held back; else empty.
  var carry: [UInt8] = []
  /// The exchange of the next head behind a hole, where that is known from outside.
  var aligned: Int?
  /// Whether bytes of the message are missing.
  var hasHole = false
  /// Whether it was a guess where the message's chunks go on behind a hole: what contradicts it is no fault of the sender.
  var hasLostPlace = false
  /// Whether the message is one whose chunks are worth searching behind a hole.
  var isSought = false
  /// Whether the message's answer decides what follows it.
  var awaitsAnswer = false

  enum State: Equatable, Sendable {
    case opening(Opening.Place)
    /// Within a PROXY protocol header, which is in `carry`.
    case proxyHeader
    case head(HeadScanner, Opening.Place)
    case body(remaining: Int)
    case untilClose
    case chunked(ChunkedReader)
    /// Behind a hole in a chunked body; a guess is tried that a chunk began with some segment since.
    case seeking(ChunkTrial?)
    case trailers(HeadScanner)
    /// The message is over and that is yet to be said.
    case ending(complete: Bool, then: Next)
    /// The message's head was said, and its fault is yet to be.
    case faulty(Dialogue.Fault)
    /// Behind an upgrade request; the guess is made where the answer is not going to come.
    case held(guess: ExchangeLedger.Outcome?)
    /// The tunnel is yet to be announced.
    case announcing
    case tunnel
    /// Behind a hole.
    case searching
    /// Nothing readable will follow; `uncounted` bytes of it were taken before that was known.
    case skipping(Reason, uncounted: Int)
  }

  /// What follows a message.
  enum Next: Equatable, Sendable {
    case message, search, fault
  }

  /// Why bytes are skipped; only a fault is forgotten behind a hole.
  enum Reason: Equatable, Sendable {
    case fault, foreign, closed
  }

  /// What one step of reading came to.
  enum Step {
    case event(Dialogue.Event)
    case again
    case wait
  }

  init(direction: Direction, midStream: Bool) {
    self.direction = direction
    state = midStream ? .searching : .opening(.connection)
  }

  /// The next event of the bytes; `nil` when all are used up, or belong to a tunnel.
  mutating func next(
    _ bytes: RawSpan, from offset: inout Int, _ ledger: inout ExchangeLedger, _ limits: HTTPLimits
  ) -> Dialogue.Event? {
    while true {
      switch step(bytes, &offset, &ledger, limits) {
      case .event(let event): return event
      case .wait: return nil
      case .again: continue
      }
    }
  }

  private mutating func step(
    _ bytes: RawSpan, _ offset: inout Int, _ ledger: inout ExchangeLedger, _ limits: HTTPLimits
  ) -> Step {
    switch state {
    case .ending(let complete, let next): return end(complete, next)
    case .faulty(let fault):
      state = .ending(complete: false, then: .fault)
      return .event(.fault(fault, exchange: exchange))
    case .announcing:
      state = .tunnel
      return .event(.tunnel(exchange: ledger.upgraded ?? exchange))
    case .tunnel: return .wait
    case .held(let guess): return hold(bytes, &offset, ledger, guess, limits)
    case .opening, .proxyHeader, .head, .body, .untilClose, .chunked, .seeking, .trailers, .searching, .skipping:
      guard offset < bytes.byteCount else { return .wait }
    }
    switch state {
    case .opening(let place): return open(bytes, &offset, place, ledger)
    case .proxyHeader: return readProxyHeader(bytes, &offset)
    case .head(let scanner, let place): return readHead(bytes, &offset, scanner, place, &ledger, limits)
    case .body(let remaining): return readBody(bytes, &offset, remaining)
    case .untilClose: return .event(.body(take(bytes, &offset, bytes.byteCount), exchange: exchange))
    case .chunked(let reader): return readChunk(bytes, &offset, reader, limits)
    case .seeking(let trial): return seek(bytes, &offset, trial, ledger, limits)
    case .trailers(let scanner): return readTrailers(bytes, &offset, scanner, limits)
    case .searching: return search(bytes, &offset)
    case .skipping(let reason, let uncounted):
      state = .skipping(reason, uncounted: 0)
      return .event(.skipped(take(bytes, &offset, bytes.byteCount).count + uncounted))
    case .ending, .faulty, .announcing, .tunnel, .held: return .wait
    }
  }

  /// Moves on by at most `count` bytes.
  func take(_ bytes: RawSpan, _ offset: inout Int, _ count: Int) -> Range<Int> {
    let taken = offset..<offset + min(count, bytes.byteCount - offset)
    offset = taken.upperBound
    return taken
  }

  private mutating func end(_ complete: Bool, _ next: Next) -> Step {
    switch next {
    case .message: state = awaitsAnswer ? .held(guess: nil) : .opening(.next)
    case .search: state = .searching
    case .fault: state = .skipping(.fault, uncounted: 0)
    }
    return .event(.end(exchange: exchange, complete: complete && !hasHole))
  }

  private mutating func search(_ bytes: RawSpan, _ offset: inout Int) -> Step {
    let found = Opening.search(bytes, from: offset, direction: direction)
    if found != nil { state = .opening(.search) }
    let skipped = take(bytes, &offset, (found ?? bytes.byteCount) - offset)
    return skipped.isEmpty ? .again : .event(.skipped(skipped.count))
  }

  /// Keeps bytes whose protocol the answer to the request before them will tell.
  private mutating func hold(
    _ bytes: RawSpan, _ offset: inout Int, _ ledger: ExchangeLedger, _ guess: ExchangeLedger.Outcome?,
    _ limits: HTTPLimits
  ) -> Step {
    if carry.isEmpty, let outcome = ledger.outcome(of: exchange) ?? guess {
      follow(outcome)
      return .again
    }
    if guess != nil {
      let dropped = carry.count
      carry = []
      return .event(.skipped(dropped))
    }
    let count = bytes.byteCount - offset
    guard count > 0 else { return .wait }
    guard carry.count + count <= limits.heldBackBytes else {
      state = .held(guess: self.guess())
      return .event(.heldBackLimit(exchange: exchange))
    }
    let held = take(bytes, &offset, count)
    bytes.extracting(held).withUnsafeBytes { carry.append(contentsOf: $0) }
    return .event(.heldBack(count, exchange: exchange))
  }

  /// Goes on behind an answered upgrade request.
  private mutating func follow(_ outcome: ExchangeLedger.Outcome) {
    awaitsAnswer = false
    state = outcome == .tunnel ? .announcing : .opening(.next)
  }

  /// What the answer probably was, judged by what the client went on with.
  func guess() -> ExchangeLedger.Outcome {
    let opening = Opening(carry.span.bytes, from: 0, direction: direction, place: .search)
    return opening == .message ? .http : .tunnel
  }

  /// The bytes that were held back, once it is known or guessed what they are; they have to be fed again.
  mutating func releaseHeldBack(_ ledger: ExchangeLedger, force: Bool) -> [UInt8]? {
    guard case .held(let guess) = state, !carry.isEmpty else { return nil }
    guard let outcome = ledger.outcome(of: exchange) ?? guess ?? (force ? self.guess() : nil) else { return nil }
    follow(outcome)
    defer { carry = [] }
    return carry
  }
}
