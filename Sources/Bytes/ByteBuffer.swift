/// Bytes that are put together piece by piece, for output of which there are gigabytes.
///
/// An array asks at each step whether it is shared and calls into the library; here a piece is one comparison and one
/// copy. It is never shared: it can be lent, and its bytes can be taken away.
package struct ByteBuffer: ~Copyable, @unchecked Sendable {
  @usableFromInline var memory: UnsafeMutablePointer<UInt8>
  @usableFromInline var capacity: Int
  /// How many bytes it holds.
  @inlinable package var count: Int { filled }
  @usableFromInline var filled = 0

  /// Room that a new buffer has.
  private static let firstCapacity = 256

  package init() {
    capacity = ByteBuffer.firstCapacity
    memory = .allocate(capacity: capacity)
  }

  deinit { memory.deallocate() }

  package var isEmpty: Bool { count == 0 }

  /// The byte at an offset.
  package subscript(offset: Int) -> UInt8 {
    precondition(offset >= 0 && offset < count)
    return memory[offset]
  }

  /// Forgets the bytes and keeps the room.
  package mutating func removeAll() { filled = 0 }

  /// Forgets the bytes from an offset on.
  package mutating func truncate(to length: Int) { filled = min(count, max(0, length)) }

  /// Lends the bytes.
  package func withBytes<Result, Failure>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(start: memory, count: count))
  }

  /// Lends the bytes to who writes them, once they are so many, and forgets them then.
  ///
  /// - Parameters:
  ///   - length: how many bytes are worth it.
  ///   - kept: how many bytes at the end are not ready yet; they stay.
  ///   - sink: who gets the bytes.
  /// - Throws: what the sink throws.
  package mutating func handOn<Failure>(
    atLeast length: Int = 1, keeping kept: Int = 0, to sink: (RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    let ready = count - max(0, kept)
    guard ready >= length else { return }
    try sink(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: memory, count: ready)))
    filled -= ready
    memory.update(from: memory + ready, count: filled)
  }

  /// The bytes, which are then gone from here.
  package mutating func take() -> [UInt8] {
    defer { filled = 0 }
    return Array(UnsafeBufferPointer(start: memory, count: count))
  }

  // MARK: Appending

  /// Appends one byte.
  @inlinable @inline(__always)
  package mutating func append(_ byte: UInt8) {
    if count == capacity { grow(by: 1) }
    memory[count] = byte
    filled &+= 1
  }

  /// Appends text that stands in the program, whose length the compiler knows.
  @inlinable @inline(__always)
  package mutating func append(_ text: StaticString) {
    append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Appends a text in UTF-8; a literal is a `StaticString` instead, which is copied without a call.
  @_disfavoredOverload @inline(__always)
  package mutating func append(_ text: String) {
    append(text.utf8Span.span.bytes)
  }

  /// Appends the bytes of an array.
  @inline(__always)
  package mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }

  /// Appends the bytes of a part of an array.
  @inline(__always)
  package mutating func append(_ bytes: ArraySlice<UInt8>) { bytes.withUnsafeBytes { append($0) } }

  /// Appends bytes that somebody lends.
  @inlinable @inline(__always)
  package mutating func append(_ bytes: RawSpan) { bytes.withUnsafeBytes { append($0) } }

  /// Appends bytes that somebody lends.
  @inlinable @inline(__always)
  package mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    if capacity &- count < bytes.count { grow(by: bytes.count) }
    UnsafeMutableRawPointer(memory + count).copyMemory(from: start, byteCount: bytes.count)
    filled &+= bytes.count
  }

  /// Appends a value as it is in memory, for what this program reads again itself.
  @inlinable @inline(__always)
  package mutating func append<Value: BitwiseCopyable>(value: Value) {
    withUnsafeBytes(of: value) { append($0) }
  }

  /// Appends the same byte several times.
  package mutating func append(repeating byte: UInt8, count times: Int) {
    for _ in 0..<max(0, times) { append(byte) }
  }

  /// Appends a number in decimal, with zeros in front where it has fewer digits than asked for (20 at most).
  package mutating func append(decimal value: UInt64, atLeast width: Int = 1) {
    // Most numbers have one digit.
    if value < 10, width <= 1 { return append(0x30 &+ UInt8(truncatingIfNeeded: value)) }
    let length = max(ByteBuffer.digits(of: value), width)
    if capacity &- count < length { grow(by: length) }
    ByteBuffer.write(decimal: value, to: memory + count, length: length)
    filled &+= length
  }

  /// Writes a number's last digits, two at a time: a division takes longer than all else here.
  private static func write(decimal value: UInt64, to digits: UnsafeMutablePointer<UInt8>, length: Int) {
    var rest = value
    var offset = length
    while offset >= 2 {
      let (hundreds, pair) = rest.quotientAndRemainder(dividingBy: 100)
      // A division by ten, exact below 1029.
      let tens = (pair &* 205) &>> 11
      offset &-= 2
      digits[offset] = 0x30 &+ UInt8(truncatingIfNeeded: tens)
      digits[offset &+ 1] = 0x30 &+ UInt8(truncatingIfNeeded: pair &- tens &* 10)
      rest = hundreds
    }
    if offset > 0 { digits[0] = 0x30 &+ UInt8(truncatingIfNeeded: rest) }
  }

  private static let powersOfTen: [UInt64] = [
    1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
    100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
    10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
  ]

  /// How many digits a number has in decimal.
  package static func digits(of value: UInt64) -> Int {
    // 1233 / 4096 is a little more than the logarithm of 2: a guess that is right or one too low.
    let guess = ((UInt64.bitWidth &- value.leadingZeroBitCount) &* 1233) &>> 12
    return guess &+ (guess == 0 || value >= powersOfTen[guess] ? 1 : 0)
  }

  /// Appends a number as base-128 digits, the least significant first, each but the last with its highest bit set.
  @inlinable @inline(__always)
  package mutating func append(base128 value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }

  /// Appends a number with a sign as base-128 digits, its sign in the lowest bit.
  @inlinable @inline(__always)
  package mutating func append(zigzag value: Int64) { append(base128: UInt64(bitPattern: value << 1 ^ value >> 63)) }

  /// Overwrites four bytes at an offset with a number, the least significant first.
  package mutating func store(_ value: UInt32, at offset: Int) {
    precondition(offset >= 0 && offset + 4 <= count)
    UnsafeMutableRawPointer(memory + offset).storeBytes(of: value.littleEndian, as: UInt32.self)
  }

  @usableFromInline @inline(never)
  mutating func grow(by length: Int) {
    let larger = max(capacity * 2, count + length)
    let new = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    new.update(from: memory, count: count)
    memory.deallocate()
    (memory, capacity) = (new, larger)
  }
}
