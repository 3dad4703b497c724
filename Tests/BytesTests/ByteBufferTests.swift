import Testing

@testable import Bytes

/// Bytes that are put together piece by piece.
@Suite struct ByteBufferTests {
  @Test("pieces of all kinds, whatever the room")
  func pieces() {
    var expected: [UInt8] = []
    var buffer = ByteBuffer()
    for round in 0..<200 {
      let piece = (0..<round).map { UInt8(truncatingIfNeeded: $0) }
      expected += piece + [7] + Array("abc".utf8) + Array("déf".utf8) + piece.dropFirst(3) + [32, 32]
      buffer.append(piece)
      buffer.append(7 as UInt8)
      buffer.append("abc" as StaticString)
      buffer.append(String("déf"))
      buffer.append(piece.dropFirst(3))
      buffer.append(repeating: 32, count: 2)
    }
    let count = buffer.count
    #expect(count == expected.count)
    #expect(buffer.take() == expected)
    let isEmpty = buffer.isEmpty
    #expect(isEmpty)
  }

  @Test("bytes are handed on once they are enough, and are gone then")
  func handingOn() {
    var buffer = ByteBuffer()
    var sunk: [[UInt8]] = []
    buffer.handOn { sunk.append($0.copy()) }
    buffer.append([1, 2])
    buffer.handOn(atLeast: 3) { sunk.append($0.copy()) }
    #expect(sunk.isEmpty)
    buffer.append([3])
    buffer.handOn(atLeast: 3) { sunk.append($0.copy()) }
    buffer.append([4])
    buffer.handOn { sunk.append($0.copy()) }
    #expect(sunk == [[1, 2, 3], [4]])
    buffer.append([5, 6, 7])
    buffer.handOn(atLeast: 2, keeping: 2) { sunk.append($0.copy()) }
    #expect(sunk.count == 2)
    buffer.handOn(keeping: 2) { sunk.append($0.copy()) }
    buffer.append([8])
    buffer.handOn { sunk.append($0.copy()) }
    #expect(sunk.dropFirst(2) == [[5], [6, 7, 8]])
  }

  @Test(
    "numbers in decimal",
    arguments: [
      (0, 1, "0"), (9, 1, "9"), (10, 1, "10"), (99, 2, "99"), (100, 1, "100"), (99_999, 1, "99999"), (7, 3, "007"),
      (1000, 3, "1000"),
      (UInt64.max, 1, "18446744073709551615"), (0, 9, "000000000"), (999_999_999_999_999_999, 1, "999999999999999999"),
      (10_000_000_000_000_000_000, 1, "10000000000000000000"),
    ] as [(UInt64, Int, String)])
  func decimals(value: UInt64, width: Int, expected: String) {
    var buffer = ByteBuffer()
    buffer.append(decimal: value, atLeast: width)
    #expect(String(decoding: buffer.take(), as: UTF8.self) == expected)
    #expect(ByteBuffer.digits(of: value) == String(value).count)
  }

  @Test(
    "numbers in base 128",
    arguments: [
      (0, [0]), (127, [0x7f]), (128, [0x80, 1]), (300, [0xac, 2]), (.max, [UInt8](repeating: 0xff, count: 9) + [1]),
    ] as [(UInt64, [UInt8])])
  func base128(value: UInt64, expected: [UInt8]) {
    var buffer = ByteBuffer()
    buffer.append(base128: value)
    #expect(buffer.take() == expected)
  }

  @Test(
    "a sign stands in the lowest bit", arguments: [(0, 0), (-1, 1), (1, 2), (-2, 3), (63, 126)] as [(Int64, UInt8)])
  func zigzag(value: Int64, expected: UInt8) {
    var buffer = ByteBuffer()
    buffer.append(zigzag: value)
    #expect(buffer.take() == [expected])
  }

  @Test("a number is put where its place was kept, and what stands behind an offset is forgotten")
  func places() {
    var buffer = ByteBuffer()
    buffer.append(repeating: 0, count: 5)
    buffer.store(0x0403_0201, at: 1)
    buffer.truncate(to: 4)
    let (count, last) = (buffer.count, buffer[3])
    #expect(count == 4)
    #expect(last == 3)
    buffer.withBytes { #expect(Array($0) == [0, 1, 2, 3]) }
  }
}
