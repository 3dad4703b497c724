import Analysis
import Reports

/// Writes an HTTP archive, which lists messages under their connection and not in the order of time.
///
/// The messages of a capture may be more than memory holds, so they are read again for each group of connections.
struct Archive {
  private let report: Report
  private let messages: MessageSpool

  /// Messages that are held at once, unless one connection has more.
  private static let mostMessages = 200_000

  init(_ report: Report, _ messages: MessageSpool) {
    self.report = report
    self.messages = messages
  }

  func write(to sink: ([UInt8]) throws -> Void) throws {
    var document = HARDocument(report)
    try sink(document.head())
    for group in try groups() {
      var held: [Int: [MessageRecord]] = Dictionary(uniqueKeysWithValues: group.map { ($0.id, []) })
      try messages.forEach { held[$0.connection]?.append($0) }
      for connection in group {
        try sink(document.entries(of: connection, messages: held.removeValue(forKey: connection.id) ?? []))
      }
    }
    try sink(document.tail())
  }

  /// The connections that are listed, in their order, parted so that each group's messages can be held.
  private func groups() throws -> [[ConnectionSummary]] {
    var counts: [Int: Int] = [:]
    try messages.forEach { counts[$0.connection, default: 0] += 1 }
    var groups: [[ConnectionSummary]] = []
    var held = 0
    for connection in report.connections where HARDocument.lists(connection) {
      let count = counts[connection.id] ?? 0
      if groups.isEmpty || held + count > Archive.mostMessages {
        groups.append([])
        held = 0
      }
      groups[groups.count - 1].append(connection)
      held += count
    }
    return groups
  }
}
