import Bytes
import Packets
import Testing

@Suite struct TCPHeaderTests {
  private func parse(_ bytes: [UInt8]) throws(ParseError) -> (header: TCPHeader, left: Int) {
    var rest = bytes.span.bytes
    let header = try TCPHeader(parsing: &rest)
    return (header, rest.byteCount)
  }

  @Test("all fields are read, and the payload is left")
  func fields() throws {
    let (header, left) = try parse(Wire.tcp())
    #expect(header.source == 50_000)
    #expect(header.destination == 8080)
    #expect(header.sequence == SequenceNumber(0x0102_0304))
    #expect(header.acknowledgement == SequenceNumber(0x0506_0708))
    #expect(header.flags == [.ack, .psh])
    #expect(header.headerLength == 32)
    #expect(header.window == 512)
    #expect(header.options.timestamp == TCPTimestamp(value: 16, echo: 32))
    #expect(left == 5)
  }

  @Test("every prefix shorter than the fixed part says what is missing", arguments: 0..<20)
  func shorterPrefix(count: Int) {
    #expect(throws: ParseError.short(.tcp, needed: 20, available: count)) {
      _ = try parse(Array(Wire.tcp()[..<count]))
    }
  }

  @Test("options that are cut leave the fixed part", arguments: 20..<32)
  func cutOptions(count: Int) throws {
    let (header, left) = try parse(Array(Wire.tcp()[..<count]))
    #expect(header.headerLength == 32)
    #expect(header.options.isMalformed)
    #expect(header.options.timestamp == nil)
    #expect(left == 0)
  }

  @Test("a data offset below five words is invalid", arguments: UInt8(0)..<5)
  func smallOffset(words: UInt8) {
    var bytes = Wire.tcp()
    bytes[12] = words << 4
    #expect(throws: ParseError(.tcp, .invalid("data offset"))) { _ = try parse(bytes) }
  }

  @Test(
    "options are read in any layout",
    arguments: [
      ([], TCPOptions()),
      (
        [2, 4, 5, 0xb4, 1, 3, 3, 7, 4, 2, 0, 0],
        TCPOptions(maximumSegmentSize: 1460, windowScale: 7, isSACKPermitted: true)
      ),
      (
        [2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 3, 3, 14],
        TCPOptions(
          maximumSegmentSize: 1460, windowScale: 14, isSACKPermitted: true, timestamp: TCPTimestamp(value: 1, echo: 2))
      ),
      ([8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0], TCPOptions(timestamp: TCPTimestamp(value: 1, echo: 2))),
      ([0, 0xff, 0xff, 0xff], TCPOptions()),
      ([1, 1, 1, 1], TCPOptions()),
      ([254, 4, 0, 0], TCPOptions()),
      (
        [1, 1, 5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4],
        TCPOptions(firstSACKBlock: SACKBlock(left: SequenceNumber(1), right: SequenceNumber(2)), sackBlockCount: 2)
      ),
    ] as [([UInt8], TCPOptions)])
  func options(bytes: [UInt8], expected: TCPOptions) throws {
    #expect(try parse(Wire.tcp(options: bytes)).header.options == expected)
  }

  @Test(
    "a malformed option does not lose the header or the options before it",
    arguments: [
      [3, 3, 7, 8], [3, 3, 7, 2, 0, 0, 0, 0], [3, 3, 7, 2, 1, 0, 0, 0], [3, 3, 7, 8, 200, 0, 0, 0],
      [3, 3, 7, 8, 4, 0, 0, 0], [3, 3, 7, 5, 5, 0, 0, 0], [3, 3, 7, 2, 2, 0, 0, 0],
    ] as [[UInt8]])
  func malformedOptions(bytes: [UInt8]) throws {
    let (header, left) = try parse(Wire.tcp(options: bytes))
    #expect(header.options.isMalformed)
    #expect(header.options.windowScale == 7)
    #expect(header.options.timestamp == nil)
    #expect(left == 5)
  }

  @Test("flags are named in the order of their bits")
  func flagNames() {
    #expect(TCPFlags([.syn, .ack]).description == "SYN, ACK")
    #expect(TCPFlags(rawValue: 0x1ff).description == "FIN, SYN, RST, PSH, ACK, URG, ECE, CWR, AE")
  }
}
