import Glibc

/// A line on standard error that shows how far the reading is: only on a terminal, and only for what takes a while.
final class ProgressLine {
  private let isShown: Bool
  private let started = ProgressLine.now()
  private var isOnScreen = false
  private var latest = 0.0

  init(isQuiet: Bool) { isShown = !isQuiet && isatty(STDERR_FILENO) == 1 }

  /// Shows the state, at most ten times a second and not in the first second.
  func update(read: Int, of totals: [Int?], packets: Int) {
    guard isShown else { return }
    let now = ProgressLine.now()
    guard now - started > 1, now - latest > 0.1 else { return }
    latest = now
    isOnScreen = true
    let known = totals.compactMap { $0 }
    let total = known.reduce(0, +)
    let share = known.count == totals.count && total > 0 ? " \(min(100, read * 100 / total)) %" : ""
    write("\r\u{1b}[Kreading\(share), \(packets) packets")
  }

  /// Takes the line away.
  func clear() {
    if isOnScreen { write("\r\u{1b}[K") }
    isOnScreen = false
  }

  private func write(_ text: String) {
    var text = text
    text.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
