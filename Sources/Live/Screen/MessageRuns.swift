import Analysis
import Packets

/// The latest messages, those of one kind in a row on a connection joined into one: else a stream of tokens would leave
/// room for nothing else.
package struct MessageRuns: Sendable {
  /// Messages of one kind in a row.
  package struct Run: Sendable {
    package var latest: MessageRecord
    package var count = 1

    /// Whether a message goes on with the run.
    fileprivate func isContinued(by message: MessageRecord) -> Bool {
      latest.direction == message.direction && latest.opcode == message.opcode
        && latest.engineType == message.engineType && latest.socket?.type == message.socket?.type
        && latest.socket?.event == message.socket?.event && latest.socket?.namespace == message.socket?.namespace
    }
  }

  /// Runs that are over and remembered, and connections whose run goes on: each more than any screen has rows.
  static let capacity = 300

  private var past = Recent<Run>(capacity: MessageRuns.capacity)
  private var current: [Int: Run] = [:]

  package init() {}

  /// Takes a message.
  package mutating func append(_ message: MessageRecord) {
    if current[message.connection]?.isContinued(by: message) == true {
      current[message.connection]?.latest = message
      current[message.connection]?.count += 1
      return
    }
    if let over = current.updateValue(Run(latest: message), forKey: message.connection) { past.append(over) }
    guard current.count > MessageRuns.capacity,
      let silent = current.min(by: { $0.value.latest.at.time < $1.value.latest.at.time }),
      let over = current.removeValue(forKey: silent.key)
    else { return }
    past.append(over)
  }

  /// All that are remembered, in the order of their latest messages.
  package var all: [Run] {
    (past.elements + current.values).sorted { a, b in
      a.latest.at.time == b.latest.at.time
        ? a.latest.at.number < b.latest.at.number : a.latest.at.time < b.latest.at.time
    }
  }
}
