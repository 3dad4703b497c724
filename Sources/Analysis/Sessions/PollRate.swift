import Packets

/// The fastest row of long-polling requests of a session: each message of a stream then costs one.
package struct PollRow: Sendable {
  package var first: PacketReference
  package var last: PacketReference
  package var polls = 1

  package var perSecond: Double { Double(polls - 1) / max(0.001, (last.time - first.time).seconds) }
}

/// Finds that row, request by request.
struct PollRate {
  /// A pause of this length ends a row.
  private static let longestPause = Interval.seconds(1)
  /// A row of less than three seconds is a client that catches up.
  private static let leastDuration = Interval.seconds(3)

  private var current: PollRow
  private(set) var fastest: PollRow?

  init(at reference: PacketReference) { current = PollRow(first: reference, last: reference) }

  mutating func note(_ reference: PacketReference) {
    guard reference.time - current.last.time <= PollRate.longestPause else {
      current = PollRow(first: reference, last: reference)
      return
    }
    current.last = reference
    current.polls += 1
    guard current.last.time - current.first.time > PollRate.leastDuration else { return }
    if fastest.map({ $0.first == current.first || $0.perSecond < current.perSecond }) ?? true { fastest = current }
  }
}

extension Hop {
  /// Takes the time of a long-polling request.
  func notePoll(at reference: PacketReference) {
    polls.append(reference)
    if pollRate == nil { pollRate = PollRate(at: reference) } else { pollRate?.note(reference) }
  }
}
