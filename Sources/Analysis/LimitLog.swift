import Streams
import WebSocket

/// Which limits of the program were reached, and how often.
struct LimitLog {
  private var counts: [String: (value: Int, reached: Int)] = [:]

  /// Counts a limit that was reached.
  mutating func note(_ name: String, value: Int, times: Int = 1) {
    guard times > 0 else { return }
    counts[name, default: (value, 0)].reached += times
  }

  /// All of them, by name.
  var list: [LimitReached] {
    counts.sorted { $0.key < $1.key }.map {
      LimitReached(name: $0.key, value: $0.value.value, reached: $0.value.reached)
    }
  }
}
