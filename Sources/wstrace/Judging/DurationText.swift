import Packets

/// A duration as a person writes it: `500ms`, `5s`, `2m`, `1h`.
enum DurationText {
  /// A year: more than that is a mistake.
  private static let longest = 365.0 * 86_400
  private static let units: [(name: String, seconds: Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)]

  /// The duration; `nil` where the text is none, is zero or negative, or is longer than a year.
  ///
  /// `bare` is the unit of a number without one, in seconds; `nil` where a unit has to stand there.
  static func interval(_ text: String, bare: Double? = nil) -> Interval? {
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = text.dropFirst(number.count)
    let scale = unit.isEmpty ? bare : units.first { $0.name == unit }?.seconds
    guard let scale, let value = Double(number), value.isFinite, value > 0, value * scale <= longest else { return nil }
    return .seconds(value * scale)
  }
}
