/// What each direction of a connection has to know of the other.
struct ExchangeLedger: Equatable, Sendable {
  /// The number of the last request.
  private(set) var requested = 0
  /// The number of the last final response.
  private(set) var answered = 0
  /// The exchange whose answer made the connection a tunnel.
  var upgraded: Int?
  /// Requests that were not remembered because of `HTTPLimits.pendingRequests`.
  private(set) var forgotten = 0
  /// Unanswered requests that a response's framing depends on, in order.
  private var pending: [Pending] = []

  /// The methods whose responses have a framing of their own (RFC 9112 section 6.3).
  enum Method: Equatable, Sendable {
    case head, connect
  }

  private struct Pending: Equatable, Sendable {
    var exchange: Int
    var method: Method
  }

  /// What an answer means for the bytes behind its request.
  enum Outcome: Equatable, Sendable {
    case tunnel, http
  }

  mutating func request(_ exchange: Int, method: String, limits: HTTPLimits) {
    requested = exchange
    guard exchange > answered else { return }
    let kind: Method
    switch method {
    case "HEAD": kind = .head
    case "CONNECT": kind = .connect
    default: return
    }
    if pending.count < limits.pendingRequests {
      pending.append(Pending(exchange: exchange, method: kind))
    } else {
      forgotten += 1
    }
  }

  /// Takes note of a final response and tells its request's method, where that matters and is known.
  mutating func response(_ exchange: Int) -> Method? {
    answered = exchange
    guard !pending.isEmpty else { return nil }
    let method = pending.first { $0.exchange == exchange }?.method
    pending.removeAll { $0.exchange <= exchange }
    return method
  }

  /// What the answer to a request was; `nil` while it has not come.
  func outcome(of exchange: Int) -> Outcome? {
    if upgraded == exchange { return .tunnel }
    return answered >= exchange ? .http : nil
  }
}
