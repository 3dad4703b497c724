import Bytes
import SocketIO
import TestSupport
import Testing

@Suite struct MutationTests {
  static let seeds: [[UInt8]] =
    SocketPacketTests.packets.map { Array(("4" + $0.text).utf8) } + PayloadDecoderTests.cases.map(\.body)
    + [MessagePackPacketTests.event, Array(#"0{"sid":"a","upgrades":["websocket"],"pingInterval":25000}"#.utf8)]

  @Test func `random input never traps`() {
    var random = SeededGenerator(seed: 0x5eed)
    var table = NameTable(seed: 1)
    for _ in 0..<200 {
      for seed in Self.seeds {
        var bytes = seed
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
          let index = Int.random(in: 0..<bytes.count, using: &random)
          switch UInt8.random(in: 0..<3, using: &random) {
          case 0: bytes[index] = .random(in: 0...255, using: &random)
          case 1: bytes.remove(at: index)
          default: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &random)], at: index)
          }
        }
        parseAll(bytes, &table, &random)
      }
    }
  }

  @Test func `mutated payloads give the same records however they are split`() {
    var random = SeededGenerator(seed: 0xcafe)
    for round in 0..<30 {
      for example in PayloadDecoderTests.cases {
        var bytes = example.body
        for _ in 0..<Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
          bytes[Int.random(in: 0..<bytes.count, using: &random)] = Self.telling.randomElement(using: &random) ?? 0
        }
        let whole = PayloadDecoderTests.decode(example.format, [bytes])
        let single = PayloadDecoderTests.decode(example.format, bytes.map { [$0] })
        #expect(whole.records == single.records, "round \(round), \(bytes)")
        #expect(whole.fault == single.fault, "round \(round), \(bytes)")
      }
    }
  }

  /// Bytes that mean something in a payload.
  private static let telling = Array("0123456b:\"\\u\u{1e}=%d&né".utf8) + [0, 1, 0xff, 0xf0, 0x9f]

  private func parseAll(_ bytes: [UInt8], _ table: inout NameTable, _ random: inout SeededGenerator) {
    let span = bytes.span.bytes
    for version in EngineIOVersion.allCases {
      _ = try? EnginePacket(parsingText: span, version: version)
      _ = try? EnginePacket(parsingBinary: span, version: version)
    }
    for isWhole in [true, false] {
      for start in 0...min(1, bytes.count) {
        if let packet = try? SocketPacket(parsing: span, in: start..<bytes.count, isWhole: isWhole) {
          _ = table.id(of: packet, in: span)
          _ = packet.value(forKey: "id", in: span)
          _ = ConnectData(parsing: span, in: packet.data)
          _ = ConnectErrorData(parsing: span, in: packet.data)
        }
      }
      _ = try? MessagePackPacket(parsing: span, in: 0..<bytes.count, isWhole: isWhole)
    }
    _ = EngineError(body: span)
    _ = try? EngineHandshake(parsing: span, in: 0..<bytes.count)
    _ = PayloadFormat.detect(head: span)
    for format in [PayloadDecoderTests.separated, .init(.counted), .init(.countedBinary)] {
      for wrapping in [PayloadFormat.Wrapping.none, .jsonpResponse, .jsonpForm] {
        var decoder = PayloadDecoder(PayloadFormat(format.framing, wrapping: wrapping))
        let cut = Int.random(in: 0...bytes.count, using: &random)
        for piece in [Array(bytes[..<cut]), Array(bytes[cut...])] {
          var offset = 0
          while decoder.next(piece.span.bytes, from: &offset) != nil {}
          if cut % 3 == 0 { _ = decoder.receive(gap: 5) }
        }
        _ = decoder.finish()
      }
    }
  }
}
