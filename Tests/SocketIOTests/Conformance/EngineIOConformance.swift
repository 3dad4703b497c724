import Bytes
import SocketIO
import TestSupport
import Testing

/// A packet in every way in which Engine.IO writes it, and how its data is written there.
struct WrittenPacket: Sendable, CustomTestStringConvertible {
  var type: EngineIOPacketType
  /// The data, of a binary packet in base64.
  var data: String
  var isBinary = false

  var testDescription: String { "\(type) \(isBinary ? "binary " : "")\(data)" }

  /// The packet as a text message or text record.
  func text(_ version: EngineIOVersion) -> String {
    guard isBinary else { return "\(type.rawValue)\(data)" }
    return version == .v3 ? "b\(type.rawValue)\(data)" : "b\(data)"
  }
}

/// Every packet type of Engine.IO 3 and 4, in messages and in the payloads of long-polling.
@Suite struct EngineIOConformance {
  static let packets: [WrittenPacket] = [
    .init(type: .open, data: #"{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000}"#),
    .init(type: .close, data: ""), .init(type: .ping, data: ""), .init(type: .ping, data: "probe"),
    .init(type: .pong, data: ""), .init(type: .pong, data: "probe"), .init(type: .message, data: ""),
    .init(type: .message, data: "2[\"é🙂 \\\"x\\\" \n\"]"), .init(type: .message, data: "AQIDBA==", isBinary: true),
    .init(type: .message, data: "", isBinary: true), .init(type: .upgrade, data: ""), .init(type: .noop, data: ""),
  ]

  private func check(_ bytes: [UInt8], _ packet: WrittenPacket, _ version: EngineIOVersion, _ name: String) throws {
    let read = try EnginePacket(parsingText: bytes.span.bytes, version: version)
    #expect(read.type == packet.type, "\(name)")
    #expect(read.encoding == (packet.isBinary ? .base64 : .text), "\(name)")
    #expect(bytes.span.bytes.text(in: read.data) == packet.data, "\(name)")
    #expect(read.isProbe == (packet.data == "probe"), "\(name)")
  }

  @Test(arguments: EngineIOVersion.allCases, packets)
  func `a packet is the same in a message and in each payload`(version: EngineIOVersion, packet: WrittenPacket) throws {
    let text = packet.text(version)
    try check(Array(text.utf8), packet, version, "a message")
    for (format, body) in Self.payloads(text, version) {
      for way in fourWays(body) {
        let records = records(format, way.pieces)
        #expect(records.count == 3, "\(format), \(way.name)")
        guard records.count == 3 else { continue }
        try check(records[1], packet, version, "\(format), \(way.name)")
      }
    }
  }

  /// The payloads in which a packet stands between a ping and a noop.
  private static func payloads(_ text: String, _ version: EngineIOVersion) -> [(PayloadFormat, [UInt8])] {
    let framing: PayloadFormat.Framing = version == .v3 ? .counted : .separated
    let plain = ["2", text, "6"].map { version == .v3 ? "\($0.utf16.count):\($0)" : $0 }
      .joined(separator: version == .v3 ? "" : "\u{1e}")
    var payloads = [
      (PayloadFormat(framing), Array(plain.utf8)),
      (PayloadFormat(framing, wrapping: .jsonpResponse), Array("___eio[0](\"\(scripted(plain))\");".utf8)),
      (PayloadFormat(framing, wrapping: .jsonpForm), form(plain)),
    ]
    if version == .v3 {
      let binary = ["2", text, "6"].flatMap { record -> [UInt8] in
        [0] + String(record.utf8.count).utf8.map { $0 - 0x30 } + [0xff] + Array(record.utf8)
      }
      payloads.append((PayloadFormat(.countedBinary), binary))
    }
    return payloads
  }

  /// A text as JSON.stringify writes it between its quotes.
  private static func scripted(_ text: String) -> String {
    text.reduce(into: "") { script, character in
      switch character {
      case "\"": script += "\\\""
      case "\\": script += "\\\\"
      case "\n": script += "\\n"
      case "\u{1e}": script += "\\u001e"
      default: script.append(character)
      }
    }
  }

  /// A text as a browser posts it: engine.io-client first doubles the backslash before an n and writes a line feed as one.
  private static func form(_ text: String) -> [UInt8] {
    let escaped = text.reduce(into: "") { form, character in form += character == "\n" ? "\\n" : "\(character)" }
    return Array("d=".utf8)
      + escaped.utf8.flatMap { byte -> [UInt8] in
        let isPlain =
          byte < 0x80 && (Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber)
        let hex = String(byte, radix: 16, uppercase: true)
        return isPlain ? [byte] : byte == 0x20 ? [0x2b] : Array("%\(hex.count < 2 ? "0" : "")\(hex)".utf8)
      }
  }

  /// The records of a body in pieces.
  private func records(_ format: PayloadFormat, _ pieces: [[UInt8]]) -> [[UInt8]] {
    var decoder = PayloadDecoder(format)
    var records: [[UInt8]] = []
    func take(_ event: PayloadEvent, _ piece: [UInt8], _ scratch: [UInt8]) {
      guard case .record(let record) = event else {
        Issue.record("\(format): \(event)")
        return
      }
      switch record.place {
      case .input(let range): records.append(Array(piece[range]))
      case .scratch(let range): records.append(Array(scratch[range]))
      }
    }
    for piece in pieces {
      var offset = 0
      while let event = decoder.next(piece.span.bytes, from: &offset) { take(event, piece, decoder.scratch) }
    }
    if let event = decoder.finish() { take(event, [], decoder.scratch) }
    return records
  }

  @Test func `a binary record of revision 3 has its type as a byte`() throws {
    let body: [UInt8] = [1, 5, 0xff, 4, 1, 2, 3, 4]
    let records = records(PayloadFormat(.countedBinary), [body])
    #expect(records == [[4, 1, 2, 3, 4]])
    let record = records[0]
    let packet = try EnginePacket(parsingBinary: record.span.bytes, version: .v3)
    #expect(packet == EnginePacket(type: .message, data: 1..<5, encoding: .binary, isProbe: false))
  }

  @Test(arguments: EngineIOVersion.allCases)
  func `attachments follow their event in a payload`(version: EngineIOVersion) throws {
    let header = #"452-["f",{"a":[{"_placeholder":true,"num":0},{"b":{"_placeholder":true,"num":1}}]}]"#
    let written =
      [header] + ["AQID", "BA=="].map { WrittenPacket(type: .message, data: $0, isBinary: true).text(version) }
    let body = written.map { version == .v3 ? "\($0.utf16.count):\($0)" : $0 }
      .joined(separator: version == .v3 ? "" : "\u{1e}")
    for way in fourWays(Array(body.utf8)) {
      let records = records(PayloadFormat(version == .v3 ? .counted : .separated), way.pieces)
      #expect(records.count == 3)
      var joiner = AttachmentJoiner()
      let written = records[0]
      let first = try EnginePacket(parsingText: written.span.bytes, version: version)
      let event = try SocketPacket(parsing: written.span.bytes, in: first.data)
      #expect(event.attachments == 2 && event.malformation == nil)
      var outcomes = [joiner.receiveText(event)]
      for record in records.dropFirst()
      where try EnginePacket(parsingText: record.span.bytes, version: version).isBinary {
        outcomes.append(joiner.receiveBinary())
      }
      #expect(
        outcomes == [.waiting(received: 0, expected: 2), .waiting(received: 1, expected: 2), .complete], "\(way.name)")
    }
  }
}
