import Analysis
import Diagnosis
import Packets

/// Which messages `timeline.txt` and `trace.json` list, where captures have more than somebody's ticket takes.
///
/// Connections of findings come first, each whole where there is room for it; of the others of them, what stands around the
/// findings. The room that is left goes to the other connections in the order of their beginning.
package struct MessageSelection: Sendable {
  /// By connection, whether all of its messages are listed; `nil` where all of all are.
  private var chosen: [Bool]?
  /// Of these, messages around findings are listed as long as there is room.
  private var partly: Set<Int> = []
  private var roomAround = 0
  private var windows = FindingWindows([])
  /// Of this one, the first messages are listed as long as there is room.
  private var first: Int?
  private var room = 0
  /// Messages that were not listed so far.
  package private(set) var leftOut = 0

  /// All messages.
  package init() {}

  /// As many messages as a limit allows.
  ///
  /// - Parameters:
  ///   - limit: how many are listed at most.
  ///   - counts: how many messages each connection has, by its number.
  ///   - flagged: the connections of findings, the worst first.
  ///   - findings: the findings, of which the times count.
  package init(limit: Int, counts: [UInt32], flagged: [Int], findings: [Finding]) {
    guard counts.reduce(0, { $0 + Int($1) }) > limit else { return }
    func count(_ connection: Int) -> Int { counts.indices.contains(connection) ? Int(counts[connection]) : 0 }
    var chosen = [Bool](repeating: false, count: counts.count)
    // Where the flagged ones do not fit, half of the room is for what stands around the findings.
    let all = Set(flagged).reduce(0) { $0 + count($1) }
    roomAround = all > limit ? limit / 2 : 0
    room = limit - roomAround
    for connection in flagged where count(connection) > 0 && !chosen[connection] {
      if count(connection) <= room {
        chosen[connection] = true
        room -= count(connection)
      } else {
        partly.insert(connection)
      }
    }
    for connection in counts.indices where !chosen[connection] && !partly.contains(connection) {
      if count(connection) <= room {
        chosen[connection] = true
        room -= count(connection)
      } else if first == nil {
        first = connection
      }
    }
    windows = FindingWindows(findings)
    self.chosen = chosen
  }

  /// Whether all messages are listed.
  package var isComplete: Bool { chosen == nil }

  /// Whether the next message is listed; ask for each once, in their order.
  package mutating func takes(_ message: MessageRecord) -> Bool {
    guard let chosen else { return true }
    let connection = message.connection
    if chosen.indices.contains(connection), chosen[connection] { return true }
    if connection == first, room > 0 {
      room -= 1
      return true
    }
    if roomAround > 0, partly.contains(connection), windows.contains(message.at.time) {
      roomAround -= 1
      return true
    }
    leftOut += 1
    return false
  }
}
