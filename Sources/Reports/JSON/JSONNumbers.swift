import Packets

/// Numbers, and members whose values are optional.
extension JSONWriter {
  package mutating func number(_ value: Int) {
    separate()
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    appendDigits(UInt64(value.magnitude), atLeast: 1)
  }

  package mutating func number(_ value: UInt64) {
    separate()
    appendDigits(value, atLeast: 1)
  }

  /// Seconds with as many of nine digits as the interval needs, exact and without an exponent.
  package mutating func seconds(_ interval: Interval) {
    separate()
    if interval.nanoseconds < 0 { bytes.append(UInt8(ascii: "-")) }
    let (whole, fraction) = interval.nanoseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
    appendDigits(whole, atLeast: 1)
    guard fraction > 0 else { return }
    bytes.append(UInt8(ascii: "."))
    appendDigits(fraction, atLeast: 9)
    while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
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

  private mutating func appendDigits(_ value: UInt64, atLeast width: Int) {
    if value < 10, width == 1 {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value))
      return
    }
    // From the last digit to the first; 20 are as many as 64 bits can have.
    var digits = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
    var start = digits.count
    var rest = value
    repeat {
      start -= 1
      digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    start = min(start, digits.count - width)
    digits.span.extracting(start...).withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
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
