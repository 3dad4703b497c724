/// What redaction removes, as the list of what is missing names it.
package enum RemovalKind: Int, Sendable, CaseIterable {
  case messageText, binaryMessage, cookie, credential, authPayload, queryValue, secretHeader, mailAddress, identifier
  case answerBody, address, logText

  /// How a list of what is missing calls it.
  package var name: String {
    switch self {
    case .messageText: "message text"
    case .binaryMessage: "binary message"
    case .cookie: "cookie"
    case .credential: "authorization"
    case .authPayload: "auth payload"
    case .queryValue: "query value"
    case .secretHeader: "secret header"
    case .mailAddress: "e-mail address"
    case .identifier: "identifier"
    case .answerBody: "answer's body"
    case .address: "network address"
    case .logText: "quoted text of a log"
    }
  }
}

/// How much was removed, by kind.
package struct Removals: Sendable, Equatable {
  /// By the kinds' order; every message of a report is counted.
  private var counts = [Int](repeating: 0, count: RemovalKind.allCases.count)

  package init() {}

  /// Counts one more.
  mutating func count(_ kind: RemovalKind) { counts[kind.rawValue] += 1 }

  /// The kinds of which something was removed, in a fixed order.
  package var list: [(kind: RemovalKind, count: Int)] {
    RemovalKind.allCases.compactMap { kind in counts[kind.rawValue] > 0 ? (kind, counts[kind.rawValue]) : nil }
  }
}
