import Packets

/// The unit of an interface's time stamps, `if_tsresol` (draft-ietf-opsawg-pcapng, section 4.2).
struct TimestampResolution: Equatable {
  /// How many units a second has.
  private let unitsPerSecond: UInt64
  /// What a unit is worth, where it is a whole number of nanoseconds; else 0.
  private let nanosecondsPerUnit: UInt64

  /// The default of the format.
  static let microseconds = TimestampResolution(unitsPerSecond: 1_000_000)

  private init(unitsPerSecond: UInt64) {
    self.unitsPerSecond = unitsPerSecond
    let (quotient, remainder) = UInt64(1_000_000_000).quotientAndRemainder(dividingBy: unitsPerSecond)
    nanosecondsPerUnit = remainder == 0 ? quotient : 0
  }

  /// The resolution of an option's byte: an exponent of 10, or of 2 where the upper bit is set.
  ///
  /// It is `nil` for units too small for a second of them to fit 64 bits, which is where libpcap refuses too.
  init?(option: UInt8) {
    let exponent = option & 0x7f
    if option & 0x80 != 0 {
      guard exponent < 64 else { return nil }
      self.init(unitsPerSecond: 1 << UInt64(exponent))
    } else {
      guard exponent < 20 else { return nil }
      self.init(unitsPerSecond: (0..<exponent).reduce(1) { power, _ in power * 10 })
    }
  }

  /// Whether a unit is shorter than a microsecond.
  var isFinerThanMicroseconds: Bool { unitsPerSecond > 1_000_000 }

  /// The time of a stamp, clamped to what 64 bits of nanoseconds can hold.
  func time(_ stamp: UInt64, offsetSeconds: Int64) -> Timestamp {
    if nanosecondsPerUnit != 0, offsetSeconds == 0 {
      let (product, overflow) = stamp.multipliedReportingOverflow(by: nanosecondsPerUnit)
      return Timestamp(nanoseconds: overflow ? .max : Int64(clamping: product))
    }
    let (seconds, rest) = stamp.quotientAndRemainder(dividingBy: unitsPerSecond)
    // The remainder is less than a second, so the quotient is less than 10^9 and cannot overflow.
    let fraction = unitsPerSecond.dividingFullWidth(rest.multipliedFullWidth(by: 1_000_000_000)).quotient
    let total = (Int128(seconds) + Int128(offsetSeconds)) * 1_000_000_000 + Int128(fraction)
    return Timestamp(nanoseconds: Int64(clamping: total))
  }
}
