import Bytes
import Packets

/// Numbers, and members whose values are optional.
extension JSONWriter {
  package mutating func number(_ value: Int) {
    separate()
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    bytes.append(decimal: UInt64(value.magnitude))
  }

  package mutating func number(_ value: UInt64) {
    separate()
    bytes.append(decimal: value)
  }

  /// Seconds with as many of nine digits as the interval needs, exact and without an exponent.
  package mutating func seconds(_ interval: Interval) {
    separate()
    if interval.nanoseconds < 0 { bytes.append(UInt8(ascii: "-")) }
    let (whole, fraction) = interval.nanoseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
    bytes.append(decimal: whole)
    guard fraction > 0 else { return }
    bytes.append(UInt8(ascii: "."))
    var (digits, width) = (fraction, 9)
    while digits % 10 == 0 {
      digits /= 10
      width -= 1
    }
    bytes.append(decimal: digits, atLeast: width)
  }

  /// A measured value with at most nine digits after the point; null where JSON has no such number.
  package mutating func number(_ value: Double) {
    if let scaled = Int64(exactly: (value * 1e9).rounded()) {
      seconds(Interval(nanoseconds: scaled))
    } else if let whole = Int(exactly: value.rounded()) {
      number(whole)
    } else {
      null()
    }
  }

  mutating func field(_ name: StaticString, _ value: Int?) {
    key(name)
    if let value { number(value) } else { null() }
  }

  mutating func field(_ name: StaticString, _ value: Double?) {
    key(name)
    if let value { number(value) } else { null() }
  }

  mutating func field(_ name: StaticString, _ value: Bool) {
    key(name)
    boolean(value)
  }

  mutating func field(_ name: StaticString, _ value: String?) {
    key(name)
    if let value { string(value) } else { null() }
  }

  mutating func field(_ name: StaticString, _ value: Interval?) {
    key(name)
    if let value { seconds(value) } else { null() }
  }

  mutating func field(_ name: StaticString, _ values: [Int]) {
    key(name)
    beginArray()
    for value in values { number(value) }
    endArray()
  }

  mutating func field(_ name: StaticString, _ values: [String]) {
    key(name)
    beginArray()
    for value in values { string(value) }
    endArray()
  }
}
