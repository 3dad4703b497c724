import Bytes
import Testing

@Suite struct RawSpanLoadsTests {
  private let bytes: [UInt8] = [0xff, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08]

  @Test("integers are read in network byte order, at odd offsets too")
  func networkOrder() {
    let span = bytes.span.bytes
    let values = (span.byte(at: 0), span.uint16(at: 1), span.uint32(at: 1), span.uint64(at: 1))
    #expect(values == (0xff, 0x0102, 0x0102_0304, 0x0102_0304_0506_0708))
  }

  @Test("native integers have this machine's byte order")
  func nativeOrder() {
    let span = bytes.span.bytes
    let values = (span.nativeUInt16(at: 1), span.nativeUInt32(at: 1), span.nativeUInt64(at: 1))
    let expected = (
      UInt16(bigEndian: 0x0102), UInt32(bigEndian: 0x0102_0304), UInt64(bigEndian: 0x0102_0304_0506_0708)
    )
    #expect(values == expected)
  }

  @Test("the last byte is within bounds for each width")
  func lastByte() {
    let span = bytes.span.bytes
    let values = (span.byte(at: 8), span.uint16(at: 7), span.uint32(at: 5), span.uint64(at: 1) & 0xff)
    #expect(values == (0x08, 0x0708, 0x0506_0708, 0x08))
  }
}
