import Bytes
import Packets

/// Heads: found whole in a piece, or collected over several.
extension MessageReader {
  mutating func readHead(
    _ bytes: RawSpan, _ offset: inout Int, _ scanner: HeadScanner, _ place: Opening.Place,
    _ ledger: inout ExchangeLedger, _ limits: HTTPLimits
  ) -> Step {
    let start = offset
    var after = scanner
    let end = after.end(in: bytes, from: start)
    let length = carry.count + (end ?? bytes.byteCount) - start
    // The first line is judged as soon as it is there: what is no request may have no empty line either.
    if scanner.firstLineEnd == 0, after.firstLineEnd > 0 {
      let line = start..<start + after.firstLineEnd - carry.count
      guard isStartLine(bytes.extracting(line)) else {
        offset = line.upperBound
        carry += bytes.copy(line)
        return fail(place, first: bytes, offset)
      }
    }
    guard length <= limits.headBytes else { return refuseHead(limits) }
    let part = take(bytes, &offset, (end ?? bytes.byteCount) - start)
    if carry.isEmpty, end != nil { return begin(bytes.extracting(part), place, &ledger, limits) }
    bytes.extracting(part).withUnsafeBytes { carry.append(contentsOf: $0) }
    state = .head(after, place)
    guard end != nil else { return .wait }
    let head = carry
    carry = []
    return begin(head.span.bytes, place, &ledger, limits)
  }

  /// Whether what was carried and the rest of the line are a request line or a status line.
  func isStartLine(_ rest: RawSpan) -> Bool {
    guard carry.isEmpty else {
      let line = carry + rest.copy()
      return Self.isStartLine(line.span.bytes, direction)
    }
    return Self.isStartLine(rest, direction)
  }

  static func isStartLine(_ line: RawSpan, _ direction: Direction) -> Bool {
    switch direction {
    case .clientToServer: (try? RequestHead(parsing: line)) != nil
    case .serverToClient: (try? ResponseHead(parsing: line)) != nil
    }
  }

  private mutating func refuseHead(_ limits: HTTPLimits) -> Step {
    state = .skipping(.fault, uncounted: carry.count)
    carry = []
    return .event(.fault(.headLimit(limits.headBytes), exchange: exchange + 1))
  }

  private mutating func begin(
    _ head: RawSpan, _ place: Opening.Place, _ ledger: inout ExchangeLedger, _ limits: HTTPLimits
  ) -> Step {
    hasHole = false
    hasLostPlace = false
    isSought = false
    do {
      switch direction {
      case .clientToServer:
        return beginRequest(try RequestHead(parsing: head, limits: limits), place, &ledger, limits)
      case .serverToClient:
        return beginResponse(try ResponseHead(parsing: head, limits: limits), place, &ledger)
      }
    } catch {
      return fail(place, first: head, 0)
    }
  }

  /// Numbers a request and decides where it ends.
  ///
  /// Behind a hole, requests may be missing: as clients do not pipeline, the next one comes after the last answer.
  private mutating func beginRequest(
    _ head: RequestHead, _ place: Opening.Place, _ ledger: inout ExchangeLedger, _ limits: HTTPLimits
  ) -> Step {
    exchange = place == .search ? aligned ?? max(exchange, ledger.answered) + 1 : exchange + 1
    aligned = nil
    ledger.request(exchange, method: head.method, limits: limits)
    awaitsAnswer = head.method == "CONNECT" || head.fields.contains("upgrade")
    enter(BodyFraming(request: head))
    return .event(.request(head, exchange: exchange))
  }

  /// Numbers a response and decides where it ends; behind a hole it answers the last request.
  private mutating func beginResponse(
    _ head: ResponseHead, _ place: Opening.Place, _ ledger: inout ExchangeLedger
  ) -> Step {
    let number = place == .search ? max(exchange + 1, aligned ?? ledger.requested) : exchange + 1
    aligned = nil
    if head.isInterim {
      exchange = number - 1
      state = .opening(.next)
      return .event(.interim(head, exchange: number))
    }
    exchange = number
    let method = ledger.response(number)
    if head.status == 101 || (method == .connect && 200..<300 ~= head.status) {
      ledger.upgraded = number
      state = .announcing
    } else {
      // The end of what says no is not put off: it tells what became of the request.
      isSought = 200..<300 ~= head.status
      enter(BodyFraming(response: head, to: method))
    }
    return .event(.response(head, exchange: number))
  }

  private mutating func enter(_ framing: BodyFraming) {
    state =
      switch framing {
      case .length(0): .ending(complete: true, then: .message)
      case .length(let length): .body(remaining: length)
      case .chunked: .chunked(ChunkedReader())
      case .untilClose: .untilClose
      case .faulty(let fault): .faulty(fault)
      }
  }
}
