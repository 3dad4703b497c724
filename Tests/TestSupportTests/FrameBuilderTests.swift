import TestSupport
import Testing

/// The examples of RFC 6455 section 5.7.
@Suite struct FrameBuilderTests {
  @Test(
    "frames are those of the RFC's examples",
    arguments: [
      (FrameBuilder.text("Hello"), [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]),
      (
        FrameBuilder.text("Hello").masked(),
        [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]
      ),
      (FrameBuilder.text("Hel", isFinal: false), [0x01, 0x03, 0x48, 0x65, 0x6c]),
      (FrameBuilder.continuation([0x6c, 0x6f], isFinal: true), [0x80, 0x02, 0x6c, 0x6f]),
      (FrameBuilder.ping(Array("Hello".utf8)), [0x89, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]),
      (FrameBuilder.close(1000, reason: "ok"), [0x88, 0x04, 0x03, 0xe8, 0x6f, 0x6b]),
    ] as [(FrameBuilder, [UInt8])])
  func examples(frame: FrameBuilder, bytes: [UInt8]) {
    #expect(frame.bytes == bytes)
  }

  @Test(
    "a length takes the shortest form unless told otherwise",
    arguments: [(125, 2), (126, 4), (65_535, 4), (65_536, 10)])
  func lengths(length: Int, header: Int) {
    var frame = FrameBuilder.binary([UInt8](repeating: 0, count: length))
    #expect(frame.bytes.count == header + length)
    frame.lengthForm = .sixtyFourBits
    #expect(frame.bytes.count == 10 + length)
  }
}
