/// The text of RFC 3339 for a moment in UTC, and its reading.
extension Timestamp {
  /// The moment as `2026-01-31T23:59:59.123456Z` (RFC 3339 section 5.6).
  ///
  /// The fraction is cut, not rounded, so that a text never names a later second than the packet's; `fractionDigits`
  /// is 6 or 9 as the capture's clock has it (any count from 0 to 9 works).
  package func utcText(fractionDigits: Int = 6) -> String {
    let second = nanoseconds.flooredDivision(by: 1_000_000_000)
    let day = second.quotient.flooredDivision(by: 86_400)
    let date = CivilDate(daysSinceEpoch: day.quotient)
    let time = day.remainder
    var text = "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
    text += "T\(padded(time / 3600, 2)):\(padded(time / 60 % 60, 2)):\(padded(time % 60, 2))"
    if fractionDigits > 0 { text += "." + padded(second.remainder, 9).prefix(fractionDigits) }
    return text + "Z"
  }

  /// Reads the text of RFC 3339; `nil` where the text is no moment, or one that 64 bits of nanoseconds do not reach.
  ///
  /// Offsets other than `Z` are taken into account, digits of the fraction after the ninth are dropped, and a leap
  /// second is the second after it, as in Unix time.
  package init?(utcText text: some StringProtocol) {
    var reader = TimestampReader(Array(text.utf8))
    guard let nanoseconds = reader.read() else { return nil }
    self.init(nanoseconds: nanoseconds)
  }
}

private func padded(_ number: Int64, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

extension Int64 {
  /// Division that rounds towards minus infinity, so that the remainder is never negative.
  fileprivate func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
