import Bytes
import Packets
import Testing

@testable import WebSocket

@Suite struct FrameHeaderTests {
  @Test("a header gives what stands in it", arguments: Direction.allCases)
  func fields(direction: Direction) throws {
    let encoder = FrameEncoder(direction: direction)
    for (length, size) in [(0, 2), (125, 2), (126, 4), (65535, 4), (65536, 10)] {
      let bytes = encoder.frame(.binary, [UInt8](repeating: 7, count: length), isFinal: false, rsv: 5)
      let header = try FrameHeader(parsing: bytes.span.bytes)
      #expect(header.opcode == .binary)
      #expect(!header.isFinal && header.rsv1 && !header.rsv2 && header.rsv3 && header.reservedBits == 5)
      #expect(header.payloadLength == UInt64(length))
      #expect(header.headerLength == size + (direction == .clientToServer ? 4 : 0))
      #expect(header.maskingKey == (direction == .clientToServer ? encoder.key : nil))
      #expect(header.isLengthMinimal && !header.isLengthMSBSet)
    }
  }

  @Test("every shorter prefix says how many bytes are needed", arguments: [0, 126, 65536])
  func prefixes(length: Int) throws {
    let bytes = FrameEncoder(direction: .clientToServer).frame(.text, [UInt8](repeating: 65, count: length))
    let whole = try FrameHeader(parsing: bytes.span.bytes).headerLength
    for available in 0..<whole {
      let needed = available < 2 ? 2 : whole
      #expect(throws: ParseError.short(.webSocket, needed: needed, available: available)) {
        try FrameHeader(parsing: bytes.span.bytes.extracting(0..<available))
      }
    }
  }

  @Test("a length in a longer form than needed is not minimal")
  func notMinimal() throws {
    let encoder = FrameEncoder(direction: .serverToClient)
    for (length, form) in [(125, FrameEncoder.LengthForm.sixteenBits), (125, .sixtyFourBits), (65535, .sixtyFourBits)] {
      let bytes = encoder.frame(.text, [UInt8](repeating: 65, count: length), form: form)
      #expect(try !FrameHeader(parsing: bytes.span.bytes).isLengthMinimal)
    }
  }

  @Test("the key masks byte i with its byte i modulo 4")
  func masking() {
    let key = MaskingKey(rawValue: 0x0102_0304)
    let plain = (0..<61).map { UInt8($0) }
    for position in 0..<9 {
      let masked = plain.enumerated().map { $1 ^ UInt8((($0 + position) & 3) + 1) }
      var output = [UInt8](repeating: 0, count: 61)
      let union = key.unmask(masked.span.bytes, 0..<61, position: position, into: &output)
      #expect(output == plain && union < 0x80)
    }
    #expect(key.description == "01020304")
  }

  @Test("opcodes know what they are")
  func opcodes() {
    let reserved = (0..<16).map { Opcode(rawValue: $0) }.filter(\.isReserved).map(\.rawValue)
    #expect(reserved == [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
    #expect(Opcode.close.isControl && !Opcode.binary.isControl)
    #expect("\(Opcode.ping) \(Opcode(rawValue: 0xb))" == "ping opcode 11")
  }

  @Test(
    "a close code has its standing",
    arguments: [
      (0, CloseCode.Standing.forbidden), (999, .forbidden), (1000, .registered), (1004, .forbidden), (1005, .forbidden),
      (1006, .forbidden), (1014, .registered), (1015, .forbidden), (1016, .unregistered), (2999, .unregistered),
      (3000, .registered), (3001, .free), (4000, .free), (4999, .free), (5000, .unregistered),
    ] as [(UInt16, CloseCode.Standing)])
  func standing(code: UInt16, standing: CloseCode.Standing) {
    #expect(CloseCode(rawValue: code).standing == standing)
  }
}
