extension Timestamp {
  /// RFC 3339 in UTC, such as `2026-11-22T10:04:15.505841Z`.
  ///
  /// - Parameter fractionDigits: 0 to 9.
  package func utcText(fractionDigits: Int) -> String {
    let (seconds, nanoseconds) = split
    let (days, second) = Timestamp.floorDivide(seconds, 86_400)
    let date = Timestamp.civil(daysSinceEpoch: days)
    var text = "\(Timestamp.padded(date.year, 4))-\(Timestamp.padded(date.month, 2))-\(Timestamp.padded(date.day, 2))T"
    text += "\(Timestamp.padded(second / 3600, 2)):\(Timestamp.padded(second / 60 % 60, 2)):"
    text += Timestamp.padded(second % 60, 2)
    if fractionDigits > 0 { text += "." + Timestamp.padded(nanoseconds, 9).prefix(fractionDigits) }
    return text + "Z"
  }

  /// Seconds since the epoch as a decimal number with all its digits.
  ///
  /// - Parameter fractionDigits: 0 to 9.
  package func epochText(fractionDigits: Int) -> String {
    let (seconds, nanoseconds) = split
    return "\(seconds)" + (fractionDigits > 0 ? "." + Timestamp.padded(nanoseconds, 9).prefix(fractionDigits) : "")
  }

  private var split: (seconds: Int64, nanoseconds: Int64) {
    let (quotient, remainder) = Timestamp.floorDivide(nanoseconds, 1_000_000_000)
    return (quotient, remainder)
  }

  private static func floorDivide(_ value: Int64, _ divisor: Int64) -> (Int64, Int64) {
    let remainder = value % divisor
    return remainder < 0 ? (value / divisor - 1, remainder + divisor) : (value / divisor, remainder)
  }

  private static func padded(_ value: Int64, _ digits: Int) -> String {
    let text = "\(value)"
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  /// The Gregorian date of a day number, by Howard Hinnant's `civil_from_days`.
  private static func civil(daysSinceEpoch: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = floorDivide(daysSinceEpoch + 719_468, 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }
}
