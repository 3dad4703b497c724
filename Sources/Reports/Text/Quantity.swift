import Diagnosis
import Packets

/// Counts, sizes and times as people read them.
package enum Quantity {
  /// `1,869`.
  package static func count(_ value: Int) -> String { counted(value) }

  /// `1 session`, `2 sessions`.
  package static func count(_ value: Int, _ noun: String) -> String { counted(value, noun) }

  /// `312 kB`: powers of a thousand, three digits at most.
  package static func bytes(_ value: Int) -> String {
    var unit = 1000
    for name in ["kB", "MB", "GB"] {
      if value < unit { break }
      let (whole, tenth) = (value / unit, value / (unit / 10) % 10)
      if whole < 1000 || name == "GB" { return whole < 10 ? "\(whole).\(tenth) \(name)" : "\(count(whole)) \(name)" }
      unit *= 1000
    }
    return "\(value) B"
  }

  /// A length of time in its own unit: `71 µs`, `51 ms`, `9.6 s`, `2 min 14 s`.
  package static func duration(_ interval: Interval) -> String {
    let magnitude = interval.nanoseconds.magnitude
    let sign = interval.nanoseconds < 0 ? "-" : ""
    if magnitude < 1_000_000 { return "\(sign)\((magnitude + 500) / 1000) µs" }
    if magnitude < 999_500_000 { return "\(sign)\((magnitude + 500_000) / 1_000_000) ms" }
    if magnitude < 120_000_000_000 {
      return decimal(interval, digits: magnitude < 10_000_000_000 ? 2 : 1) + " s"
    }
    let seconds = magnitude / 1_000_000_000
    if seconds < 7200 { return "\(sign)\(seconds / 60) min \(seconds % 60) s" }
    return "\(sign)\(count(Int(seconds / 3600))) h \(seconds / 60 % 60) min"
  }

  /// Seconds with a fixed count of digits after the point, from 0 to 9, rounded.
  package static func decimal(_ interval: Interval, digits: Int) -> String {
    let unit = (0..<(9 - digits)).reduce(UInt64(1)) { unit, _ in unit * 10 }
    let rounded = (interval.nanoseconds.magnitude + unit / 2) / unit
    let scale = 1_000_000_000 / unit
    let fraction = String(rounded % scale)
    let zeros = String(repeating: "0", count: max(0, digits - fraction.count))
    let sign = interval.nanoseconds < 0 && rounded > 0 ? "-" : ""
    return sign + String(rounded / scale) + (digits > 0 ? "." + zeros + fraction : "")
  }

  /// A rate with one digit: `19.4`.
  package static func rate(_ value: Double) -> String { decimal(.seconds(value), digits: 1) }

  /// A session's name, short enough for a table.
  package static func sid(_ sid: String?) -> String {
    guard let sid else { return "–" }
    let visible = Sanitizer.visible(sid)
    return visible.count > 9 ? visible.prefix(8) + "…" : visible
  }
}
