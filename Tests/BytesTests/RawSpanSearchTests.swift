import Bytes
import Testing

@Suite struct RawSpanSearchTests {
  private let bytes = Array("GET / HTTP".utf8)

  @Test(
    "the first offset of a byte is found at or after a start",
    arguments: [(0, 3), (3, 3), (4, 5), (6, nil), (9, nil), (10, nil), (99, nil)] as [(Int, Int?)])
  func firstOffset(start: Int, expected: Int?) {
    let found = bytes.span.bytes.firstOffset(of: UInt8(ascii: " "), from: start)
    #expect(found == expected)
  }

  @Test("nothing is found in no bytes")
  func emptySpan() {
    let empty: [UInt8] = []
    let found = empty.span.bytes.firstOffset(of: 0)
    let startsWithText = empty.span.bytes.starts(with: "a")
    let startsWithNothing = empty.span.bytes.starts(with: "")
    #expect(found == nil)
    #expect(!startsWithText)
    #expect(startsWithNothing)
  }

  @Test(
    "a literal is there or not, and never beyond the end",
    arguments: [(0, true), (1, false), (7, false), (8, false), (-1, false), (100, false)])
  func startsWith(offset: Int, expected: Bool) {
    let found = bytes.span.bytes.starts(with: "GET", at: offset)
    #expect(found == expected)
  }

  @Test("ill-formed UTF-8 becomes a replacement character")
  func text() {
    let bytes: [UInt8] = [0x61, 0xff, 0x62]
    let text = bytes.span.bytes.text(in: 0..<3)
    #expect(text == "a\u{fffd}b")
  }

  @Test("a copy has the bytes of its range")
  func copy() {
    let all = bytes.span.bytes.copy()
    let part = bytes.span.bytes.copy(4..<5)
    #expect(all == bytes)
    #expect(part == [UInt8(ascii: "/")])
  }
}
