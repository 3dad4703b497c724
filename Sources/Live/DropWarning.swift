import Packets

/// Says now and then that a capture loses packets, while it does.
package struct DropWarning: Sendable {
  /// How often it is said at most.
  static let interval = Interval.seconds(60)

  private var told = 0
  private var last: Interval?

  package init() {}

  /// What is to be said when so many packets have been lost, as the capture runs; `nil` where that is no news.
  package mutating func sentence(dropped: Int, running: Interval) -> String? {
    guard dropped > told, last.map({ running - $0 >= DropWarning.interval }) ?? true else { return nil }
    defer { (told, last) = (dropped, running) }
    let count = dropped - told
    return "\(count) packet\(count == 1 ? " was" : "s were") lost before wstrace could read "
      + "\(count == 1 ? "it" : "them"): give the kernel more room with --buffer 128M, or capture less with --port "
      + "and --filter"
  }
}
