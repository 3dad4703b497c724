import Glibc
import Packets

/// How text is to look.
package struct TextOptions: Sendable {
  /// The terminal's columns, to which tables are cut; `nil` for a pipe, where nothing is cut.
  package var width: Int?
  package var color = false
  /// Whether notices are shown (`--all`).
  package var showsNotices = false
  package var time = TimeStyle.relative
  /// How many rows a table has before `… and n more`.
  package var rowLimit = 20
  /// How many connections are listed unless all is wanted: those of the findings and the WebSockets.
  package var connectionLimit = 8

  package init() {}

  /// The columns in which sentences are set: a terminal's, between 60 and 120, where lines are read easily.
  var proseWidth: Int { min(120, max(60, width ?? 120)) }
}

/// How times are shown.
package enum TimeStyle: String, Sendable, CaseIterable {
  /// Seconds since the first packet.
  case relative
  /// The time of day in UTC.
  case utc
  /// The time of day on this machine.
  case local

  /// A moment in few characters: `0.349 s`, or `10:04:15.505841`.
  package func text(_ time: Timestamp, epoch: Timestamp) -> String {
    switch self {
    case .relative: Quantity.decimal(time - epoch, digits: 3) + " s"
    case .utc: String(time.utcText().dropFirst(11).dropLast())
    case .local: TimeStyle.localText(time)
    }
  }

  private static func localText(_ time: Timestamp) -> String {
    let utc = time.utcText()
    // Where no such time can be had, UTC with its Z says which it is.
    var seconds = time_t((time.nanoseconds - (time.nanoseconds < 0 ? 999_999_999 : 0)) / 1_000_000_000)
    var parts = tm()
    guard localtime_r(&seconds, &parts) != nil else { return String(utc.dropFirst(11)) }
    let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { $0 < 10 ? "0\($0)" : "\($0)" }
    return clock.joined(separator: ":") + utc.dropFirst(19).dropLast()
  }
}
