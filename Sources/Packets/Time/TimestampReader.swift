/// Reads the grammar of RFC 3339 section 5.6 from ASCII bytes.
struct TimestampReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The nanoseconds since the epoch, where the bytes are one whole `date-time`.
  mutating func read() -> Int64? {
    guard let days = date(), takes(["T", "t", " "]), let time = timeOfDay(), let fraction = fraction(),
      let offset = offset(), position == bytes.count
    else { return nil }
    // Years 0000 to 9999 are far from the limits of 64 bits of seconds, but not of nanoseconds.
    let seconds = days * 86_400 + time - offset
    // With a fraction to add, a negative second is one too many to multiply near the lower limit.
    let (base, rest) = seconds < 0 ? (seconds + 1, fraction - 1_000_000_000) : (seconds, fraction)
    let (product, productOverflows) = base.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, sumOverflows) = product.addingReportingOverflow(rest)
    return productOverflows || sumOverflows ? nil : sum
  }

  private mutating func date() -> Int64? {
    guard let year = number(4), takes(["-"]), let month = number(2), takes(["-"]), let day = number(2)
    else { return nil }
    let date = CivilDate(year: year, month: month, day: day)
    // Below year 1, March-based counting would go negative; no capture is that old.
    return year > 0 && date.exists ? date.daysSinceEpoch : nil
  }

  private mutating func timeOfDay() -> Int64? {
    guard let hour = number(2), takes([":"]), let minute = number(2), takes([":"]), let second = number(2),
      hour < 24, minute < 60, second <= 60
    else { return nil }
    return hour * 3600 + minute * 60 + second
  }

  /// The nanoseconds of `"." 1*DIGIT`; 0 where there is no fraction.
  private mutating func fraction() -> Int64? {
    guard takes(["."]) else { return 0 }
    var nanoseconds: Int64 = 0
    var unit: Int64 = 100_000_000
    guard let first = digit() else { return nil }
    nanoseconds = first * unit
    while let next = digit() {
      unit /= 10
      nanoseconds += next * unit
    }
    return nanoseconds
  }

  /// The seconds by which the text's clock is ahead of UTC.
  private mutating func offset() -> Int64? {
    if takes(["Z", "z"]) { return 0 }
    let isAhead = takes(["+"])
    guard isAhead || takes(["-"]), let hour = number(2), takes([":"]), let minute = number(2), hour < 24, minute < 60
    else { return nil }
    return (hour * 3600 + minute * 60) * (isAhead ? 1 : -1)
  }

  private mutating func number(_ width: Int) -> Int64? {
    var value: Int64 = 0
    for _ in 0..<width {
      guard let digit = digit() else { return nil }
      value = value * 10 + digit
    }
    return value
  }

  private mutating func digit() -> Int64? {
    guard position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) else { return nil }
    defer { position += 1 }
    return Int64(bytes[position] - UInt8(ascii: "0"))
  }

  /// Steps over one of the given characters; says whether one was there.
  private mutating func takes(_ choices: [Unicode.Scalar]) -> Bool {
    guard position < bytes.count, choices.contains(Unicode.Scalar(bytes[position])) else { return false }
    position += 1
    return true
  }
}
