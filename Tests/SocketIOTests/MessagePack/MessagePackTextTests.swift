import Bytes
import SocketIO
import Testing

@Suite struct MessagePackTextTests {
  /// A packet of type 2 with `data`, in the way of socket.io-msgpack-parser.
  private func packet(_ data: [UInt8], type: UInt8 = 2) -> [UInt8] {
    var bytes: [UInt8] = [0x83, 0xa4]
    bytes += "type".utf8
    bytes += [type, 0xa4]
    bytes += "data".utf8
    bytes += data
    bytes.append(0xa3)
    bytes += "nsp".utf8
    bytes.append(0xa1)
    bytes += "/".utf8
    return bytes
  }

  private func text(_ bytes: [UInt8], limit: Int = 256) throws -> String? {
    let packet = try MessagePackPacket(parsing: bytes.span.bytes, in: 0..<bytes.count)
    return packet.argumentsText(in: bytes.span.bytes, limit: limit)
  }

  /// The encoding of an event's data, and what is shown of it behind the name.
  private static let events: [(data: [UInt8], shown: String?)] = {
    let float: [UInt8] = [0x93, 0xa1, 0x65, 0xcb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0xa3, 0x22, 0x5c, 0x0a]
    let nested: [UInt8] = [
      0x92, 0xa1, 0x65, 0x82, 0xa1, 0x61, 0xc4, 0x02, 0xff, 0xfe, 0xa1, 0x62, 0x93, 0xc0, 0xc3, 0xc2,
    ]
    let large: [UInt8] = [0x94, 0xa1, 0x65, 0x80, 0x90, 0xcf] + Array(repeating: 0xff, count: 8)
    let integer: [UInt8] = [0x92, 0xa1, 0x65, 0x01]
    let nothing: [UInt8] = [0x91, 0xa1, 0x65]
    let fixed: [UInt8] = [0x92, 0xa1, 0x65, 0xd4, 0x00, 0x01]
    return [
      (integer, "1"), (nothing, nil), (nested, #"{"a":‹2 bytes›,"b":[null,true,false]}"#), (float, #"1.5,"\"\\\n""#),
      (large, "{},[],18446744073709551615"), (fixed, "‹extension of 1 bytes›"),
    ]
  }()

  @Test("arguments are shown as JSON, binary data by its length")
  func shown() throws {
    for event in Self.events { #expect(try text(packet(event.data)) == event.shown) }
  }

  @Test("an acknowledgement's and a CONNECT's data are shown as a whole")
  func others() throws {
    #expect(try text(packet([0x91, 0xa2, 0x6f, 0x6b], type: 3)) == #""ok""#)
    #expect(try text(packet([0x81, 0xa3, 0x73, 0x69, 0x64, 0xa1, 0x78], type: 0)) == #"{"sid":"x"}"#)
  }

  @Test("long and deep data are cut")
  func cut() throws {
    let head: [UInt8] = [0x92, 0xa1, 0x65]
    let string: [UInt8] = [0xda, 0x03, 0xe8] + Array(repeating: 0x61, count: 1000)
    let long = try #require(try text(packet(head + string), limit: 20))
    #expect(long == "\"" + String(repeating: "a", count: 20) + "…\"")
    let arrays: [UInt8] = Array(repeating: 0x91, count: 5000) + [0xc0]
    let deep = try #require(try text(packet(head + arrays), limit: 10_000))
    #expect(deep.hasPrefix("[[[[") && deep.hasSuffix("…") && deep.count < 100)
  }

  @Test("base64 is decoded, also what a cut leaves of it")
  func base64() {
    let texts: [String: [UInt8]] = [
      "AQID": [1, 2, 3], "AQ==": [1], "AQI": [1, 2], "": [], "+/8=": [0xfb, 0xff],
    ]
    for (text, expected) in texts {
      let bytes = Array(text.utf8)
      #expect(Base64.decode(bytes.span.bytes, in: 0..<bytes.count) == expected)
    }
    let bytes = Array("A*==".utf8)
    #expect(Base64.decode(bytes.span.bytes, in: 0..<bytes.count) == nil)
  }
}
