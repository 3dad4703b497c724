/// What redaction removes, as the list of what is missing names it.
package enum RemovalKind: String, Sendable, CaseIterable {
  case messageText = "message text"
  case binaryMessage = "binary message"
  case cookie
  case credential = "authorization"
  case authPayload = "auth payload"
  case queryValue = "query value"
  case secretHeader = "secret header"
  case mailAddress = "e-mail address"
  case identifier
  case answerBody = "answer's body"
  case address = "network address"
  case logText = "quoted text of a log"
}

/// How much was removed, by kind.
package struct Removals: Sendable, Equatable {
  private var counts: [RemovalKind: Int] = [:]

  package init() {}

  /// Counts one more.
  mutating func count(_ kind: RemovalKind) { counts[kind, default: 0] += 1 }

  /// The kinds of which something was removed, in a fixed order.
  package var list: [(kind: RemovalKind, count: Int)] {
    RemovalKind.allCases.compactMap { kind in counts[kind].map { (kind, $0) } }
  }
}
