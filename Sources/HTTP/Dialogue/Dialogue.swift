import Bytes
import Packets

/// HTTP/1.x on one TCP connection, seen from outside in both directions (RFC 9112), until it becomes a tunnel.
///
/// Feed each direction's bytes in order with `next` until it returns `nil`. An event may come without bytes being used
/// (`end`, `tunnel`), so an offset at the end does not mean that all was said. After `tunnel` the direction's remaining
/// bytes, from `offset` on, belong to the protocol that was switched to, and `next` leaves them alone.
///
/// A client's bytes behind an upgrade request are held back until the server's answer was fed. After feeding the
/// server's direction, or a `heldBackLimit` event, call `releaseHeldBack()` and feed what it returns as if it had just
/// arrived from the client.
package struct Dialogue: Sendable {
  private var readers: Directional<MessageReader>
  private var ledger = ExchangeLedger()
  private let limits: HTTPLimits

  /// A connection from its first byte, or one that the capture joined midway.
  ///
  /// Midway, both directions look for the next head; what comes before it is `skipped`.
  package init(midStream: Bool = false, limits: HTTPLimits = HTTPLimits()) {
    readers = Directional(
      clientToServer: MessageReader(direction: .clientToServer, midStream: midStream),
      serverToClient: MessageReader(direction: .serverToClient, midStream: midStream))
    self.limits = limits
  }

  /// The next event of the bytes from `offset` on; `nil` when more bytes are needed or the direction is a tunnel.
  package mutating func next(_ bytes: RawSpan, from offset: inout Int, direction: Direction) -> Event? {
    let event = readers[direction].next(bytes, from: &offset, &ledger, limits)
    switch event {
    case .tunnel: joinTunnel(direction.reversed)
    case .http2Preface: readers[direction.reversed].becomeForeign()
    default: break
    }
    return event
  }

  /// Passes over bytes that the capture misses; `nil` in a tunnel, whose protocol has to deal with the hole.
  package mutating func receive(gap length: Int, direction: Direction) -> Event? {
    guard length > 0 else { return nil }
    return readers[direction].receive(gap: length, ledger)
  }

  /// Ends a direction; call it until it returns `nil`.
  ///
  /// A body that goes on until the connection's close is complete by a FIN and not by a reset (`cleanly` false).
  /// Bytes that are still held back can be released afterwards, by a guess at the answer that never came; feed them and
  /// finish again.
  package mutating func finish(direction: Direction, cleanly: Bool = true) -> Event? {
    readers[direction].finish(cleanly: cleanly)
  }

  /// The end of a response whose chunks are searched behind a hole, where a later request shows that it is over; else
  /// `nil`.
  ///
  /// Called when a request has come, it tells the end before that request's answer does.
  package mutating func concludeLostBody() -> Event? { readers.serverToClient.concludeLostBody(ledger) }

  /// A client's bytes that were held back, once it is known whether they belong to a tunnel; else `nil`.
  ///
  /// They have to be fed with `next` before later bytes of the client. With `force` it is guessed what they are: a
  /// request, if they look like one, else the tunnel's.
  package mutating func releaseHeldBack(force: Bool = false) -> [UInt8]? {
    readers.clientToServer.releaseHeldBack(ledger, force: force)
  }

  /// The number of bytes that are held back.
  package var heldBackCount: Int {
    if case .held = readers.clientToServer.state { readers.clientToServer.carry.count } else { 0 }
  }

  /// Whether a direction's bytes belong to the protocol that was switched to.
  package func isTunnel(_ direction: Direction) -> Bool { readers[direction].state == .tunnel }

  /// Whether a direction looks for the next head behind a hole or a start midway.
  package func isSearching(_ direction: Direction) -> Bool {
    switch readers[direction].state {
    case .searching, .seeking, .opening(.search), .head(_, .search): true
    default: false
    }
  }

  /// Says which exchange the next head of a direction belongs to, which looks for one behind a hole.
  ///
  /// The direction may be far behind the other one: a hole is waited for, and then all comes that stands behind it.
  package mutating func align(_ direction: Direction, to exchange: Int) { readers[direction].aligned = exchange }

  /// The exchange of an upgrade request whose answer was not seen (yet); `nil` where there is none.
  package var unansweredUpgrade: Int? {
    guard case .held = readers.clientToServer.state else { return nil }
    let exchange = readers.clientToServer.exchange
    return ledger.outcome(of: exchange) == nil ? exchange : nil
  }

  /// Requests that were not remembered because `HTTPLimits.pendingRequests` was reached.
  package var forgottenRequests: Int { ledger.forgotten }

  /// Takes the answer to the unanswered upgrade request for a 101 that the capture misses.
  ///
  /// Both directions then say `tunnel`, the client's behind what was held back.
  package mutating func assumeTunnel() {
    guard let exchange = unansweredUpgrade else { return }
    ledger.upgraded = exchange
    joinTunnel(.serverToClient)
  }

  /// Lets a direction that waits for a head go on behind the answer that the other one has shown.
  ///
  /// A client that waits for its answer finds it in the ledger; a request that is still to come finds it there too.
  private mutating func joinTunnel(_ direction: Direction) {
    guard ledger.upgraded != nil else { return }
    readers[direction].joinTunnel()
  }
}

extension MessageReader {
  /// Announces the tunnel where bytes would only be searched or, from a server, be taken for the next response.
  fileprivate mutating func joinTunnel() {
    switch state {
    case .searching, .seeking, .opening(.search):
      state = .announcing
      carry = []
    case .opening where direction == .serverToClient:
      state = .announcing
      carry = []
    default:
      break
    }
  }

  /// Skips what answers a protocol that the other direction began.
  fileprivate mutating func becomeForeign() {
    if case .opening(.connection) = state {
      state = .skipping(.foreign, uncounted: carry.count)
      carry = []
    }
  }
}
