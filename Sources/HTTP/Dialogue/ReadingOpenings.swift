import Bytes
import Packets

/// The first bytes of a connection and of each message.
extension MessageReader {
  /// Decides what begins here; bytes are copied only where a piece's end leaves too few of them.
  mutating func open(
    _ bytes: RawSpan, _ offset: inout Int, _ place: Opening.Place, _ ledger: ExchangeLedger
  ) -> Step {
    guard carry.isEmpty else { return openCarried(bytes, &offset, place, ledger) }
    let opening = Opening(bytes, from: offset, direction: direction, place: place)
    switch opening {
    case .undecided:
      carry = bytes.copy(take(bytes, &offset, bytes.byteCount))
      return .wait
    case .blank:
      offset += 1
      return .again
    case .message:
      state = .head(HeadScanner(), place)
      return .again
    case .proxyText, .proxyBinary:
      state = .proxyHeader
      return .again
    case .encrypted, .http2Preface, .foreign:
      return refuse(opening, bytes, &offset, place, ledger)
    }
  }

  /// Adds single bytes to those that a piece's end cut, until they tell what begins.
  private mutating func openCarried(
    _ bytes: RawSpan, _ offset: inout Int, _ place: Opening.Place, _ ledger: ExchangeLedger
  ) -> Step {
    var opening = Opening(carry.span.bytes, from: 0, direction: direction, place: place)
    while opening == .undecided, offset < bytes.byteCount {
      carry.append(bytes.byte(at: offset))
      offset += 1
      opening = Opening(carry.span.bytes, from: 0, direction: direction, place: place)
    }
    switch opening {
    case .undecided:
      return .wait
    case .blank:
      carry.removeFirst()
      return .again
    case .message:
      var scanner = HeadScanner()
      _ = scanner.end(in: carry.span.bytes, from: 0)
      // What began like HTTP/2's preface may have ended its line with the byte that told it apart.
      if scanner.firstLineEnd > 0, !isStartLine([UInt8]().span.bytes) { return fail(place, first: bytes, offset) }
      state = .head(scanner, place)
      return .again
    case .proxyText, .proxyBinary:
      state = .proxyHeader
      return .again
    case .encrypted, .http2Preface, .foreign:
      return refuse(opening, bytes, &offset, place, ledger)
    }
  }

  /// Deals with first bytes that begin no message.
  private mutating func refuse(
    _ opening: Opening, _ bytes: RawSpan, _ offset: inout Int, _ place: Opening.Place, _ ledger: ExchangeLedger
  ) -> Step {
    if ledger.upgraded != nil, direction == .clientToServer, place != .search { return joinTunnel(bytes, &offset) }
    let uncounted = carry.count
    switch opening {
    case .encrypted:
      carry = []
      state = .skipping(.foreign, uncounted: uncounted)
      return .event(.encrypted)
    case .http2Preface:
      carry = []
      state = .skipping(.foreign, uncounted: uncounted)
      return .event(.http2Preface)
    case .undecided, .message, .blank, .proxyText, .proxyBinary, .foreign:
      return fail(place, first: bytes, offset)
    }
  }

  /// Takes what a client sends behind an unseen upgrade request whose 101 was seen for the tunnel's bytes.
  private mutating func joinTunnel(_ bytes: RawSpan, _ offset: inout Int) -> Step {
    guard !carry.isEmpty else {
      state = .announcing
      return .again
    }
    // Some of the tunnel's bytes were taken already: all go the way of those that are held back.
    let rest = take(bytes, &offset, bytes.byteCount)
    bytes.extracting(rest).withUnsafeBytes { carry.append(contentsOf: $0) }
    state = .held(guess: .tunnel)
    return .event(.heldBack(carry.count, exchange: exchange))
  }

  /// Says that no message stands here; what follows is looked at again only behind a hole.
  mutating func fail(_ place: Opening.Place, first bytes: RawSpan, _ offset: Int) -> Step {
    let taken = carry
    carry = []
    switch place {
    case .connection:
      state = .skipping(.foreign, uncounted: taken.count)
      let more = bytes.copy(offset..<min(bytes.byteCount, offset + max(0, 32 - taken.count)))
      return .event(.notHTTP(Array((taken + more).prefix(32))))
    case .next:
      state = .skipping(.fault, uncounted: taken.count)
      return .event(.fault(.startLine, exchange: exchange + 1))
    case .search:
      state = .searching
      return taken.isEmpty ? .again : .event(.skipped(taken.count))
    }
  }

  /// Reads a PROXY protocol header, which fits into one segment nearly always.
  mutating func readProxyHeader(_ bytes: RawSpan, _ offset: inout Int) -> Step {
    let start = carry.count
    let rest = take(bytes, &offset, bytes.byteCount)
    bytes.extracting(rest).withUnsafeBytes { carry.append(contentsOf: $0) }
    let header: ProxyHeader
    do {
      header = try ProxyHeader(parsing: carry.span.bytes)
    } catch {
      if case .short = error.reason { return .wait }
      return fail(.connection, first: bytes, offset)
    }
    offset -= start + rest.count - header.byteCount
    carry = []
    state = .opening(.connection)
    return .event(.proxyProtocol(source: header.endpoints?.source, destination: header.endpoints?.destination))
  }
}
