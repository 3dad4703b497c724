import Foundation
import Packets
import TestSupport
import Testing

/// Every rule of RFC 6455 and RFC 7692 that has a name, broken once in each direction on a connection of its own, and
/// everything that is legal, told by the command.
@Suite(.enabled(if: Tool.isBuilt, "wstrace is not built: swift build -c release"))
struct BrokenRulesTests {
  /// What a sender does to break a rule.
  private struct Breach {
    var rule: String
    var section: String
    var frames: [FrameBuilder]
    /// Which of the frames breaks it.
    var guilty = 0
    var isCompressed = false
    var isNotice = false
    /// Whether more may follow: the place is not lost, and no Close was sent.
    var goesOn = true

    init(_ rule: String, _ section: String, _ frames: FrameBuilder..., guilty: Int = 0) {
      (self.rule, self.section, self.frames, self.guilty) = (rule, section, frames, guilty)
    }
  }

  /// The rules in the order of the list that scripts rely on; `bare` says whether the sender leaves its mask away.
  private static func breaches(_ direction: Direction) -> [Breach] {
    let letter: [UInt8] = [0x61]
    func frame(_ opcode: UInt8, _ payload: [UInt8], _ change: (inout FrameBuilder) -> Void = { _ in }) -> FrameBuilder {
      var frame = FrameBuilder(opcode: opcode, payload: payload)
      change(&frame)
      return frame
    }
    // "abc" as a compressed message (RFC 7692 section 7.2.3), in two frames.
    var continued = Breach(
      "rsv1-on-continuation", "RFC 7692 section 6.1",
      frame(1, [0x4a, 0x4c]) { ($0.isFinal, $0.reserved) = (false, 4) },
      frame(0, [0x4a, 0x06, 0x00]) { $0.reserved = 4 },
      guilty: 1)
    continued.isCompressed = true
    var deflate = Breach(
      "bad-deflate", "RFC 7692 section 7.2.2", frame(1, [0xff, 0xff, 0xff, 0xff]) { $0.reserved = 4 })
    deflate.isCompressed = true
    var endless = Breach(
      "length-msb-set", "RFC 6455 section 5.2", frame(1, letter) { $0.lengthForm = .claiming(1 << 63 | 1) })
    endless.goesOn = false
    var late = Breach("data-after-close", "RFC 6455 section 5.5.1", .close(1000), .text("late"), guilty: 1)
    (late.isNotice, late.goesOn) = (true, false)
    var closes = [
      Breach("close-payload-length-1", "RFC 6455 section 5.5.1", frame(8, letter)),
      Breach("close-code-invalid", "RFC 6455 section 7.4", .close(1005)),
      Breach("close-reason-utf8", "RFC 6455 section 5.5.1", frame(8, [0x03, 0xe8, 0xff])),
    ]
    for index in closes.indices { closes[index].goesOn = false }
    var all: [Breach] = [
      Breach("rsv-bits", "RFC 6455 section 5.2", frame(1, letter) { $0.reserved = 2 }), continued,
      Breach("reserved-opcode", "RFC 6455 section 5.2", frame(3, letter)),
      Breach("control-fragmented", "RFC 6455 section 5.5", frame(9, letter) { $0.isFinal = false }),
      Breach("control-too-long", "RFC 6455 section 5.5", frame(9, Array(repeating: 0x61, count: 126))),
      Breach("invalid-utf8", "RFC 6455 section 8.1", frame(1, [0xff])),
      Breach("unexpected-continuation", "RFC 6455 section 5.4", frame(0, letter)),
      Breach(
        "interleaved-data-frame", "RFC 6455 section 5.4", .text("a", isFinal: false), .text("b"), guilty: 1),
      Breach(
        direction == .clientToServer ? "unmasked-client-frame" : "masked-server-frame", "RFC 6455 section 5.1",
        .text("abc")),
      Breach("length-not-minimal", "RFC 6455 section 5.2", frame(1, letter) { $0.lengthForm = .sixteenBits }),
      endless, late,
    ]
    all += closes
    all.append(deflate)
    return all
  }

  /// A finding as far as it is the same in each run.
  private struct Told: Hashable, CustomStringConvertible {
    var rule: String
    var direction: String
    var connection: Int
    var packets: [Int]
    var severity: String
    var section: String

    var description: String { "\(rule) \(direction) #\(connection) \(packets) \(severity), \(section)" }
  }

  /// A connection on which a rule is broken, and the packet that does so.
  private func conversation(
    _ breach: Breach, _ direction: Direction, port: UInt16, start: Timestamp
  ) -> (packets: [RecordedPacket], guilty: Timestamp) {
    var socket = Conversation(client: .at("10.0.0.2", port), start: start)
    socket.handshake()
    let extensions = breach.isCompressed ? "permessage-deflate" : nil
    socket.upgrade(target: "/chat", key: WebSocketKey.all[Int(port) % WebSocketKey.all.count], extensions: extensions)
    socket.send(.clientToServer, text: "hello")
    var guilty = socket.clock
    for (index, frame) in breach.frames.enumerated() {
      let isBare = breach.rule == "unmasked-client-frame"
      let sent = breach.rule == "masked-server-frame" ? frame.masked() : frame
      let bytes = isBare ? sent.bytes : Conversation.wireBytes(of: [sent], direction)
      let packets = socket.send(direction, bytes: bytes)
      if index == breach.guilty { guilty = socket.packets[packets.lowerBound].time }
    }
    if breach.goesOn { socket.close(by: direction, code: 1000) } else { socket.finish(by: .serverToClient) }
    return (socket.recorded, guilty)
  }

  @Test("each broken rule is one finding with its section, direction, connection and packet, and nothing else is found")
  func told() throws {
    var packets: [RecordedPacket] = []
    var expected: [(Told, guilty: Timestamp)] = []
    var start = Conversation.defaultStart
    for direction in Direction.allCases {
      for breach in Self.breaches(direction) {
        let connection = expected.count + 1
        let (recorded, guilty) = conversation(
          breach, direction, port: 50_000 + UInt16(connection), start: start)
        packets += recorded
        start = start + .seconds(30)
        expected.append(
          (
            Told(
              rule: breach.rule, direction: direction == .clientToServer ? "clientToServer" : "serverToClient",
              connection: connection, packets: [], severity: breach.isNotice ? "notice" : "error",
              section: breach.section), guilty
          ))
      }
    }
    for index in expected.indices {
      let number = try #require(packets.firstIndex { $0.time == expected[index].guilty })
      expected[index].0.packets = [number + 1]
    }
    let folder = try TemporaryFolder()
    let path = try folder.write(PcapBuilder(packets).bytes, as: "broken.pcap")
    let findings = try #require(try Tool.document([path])["findings"] as? [[String: Any]])
    let told = findings.filter { $0["id"] as? String == "protocol-violation" }.map { finding in
      let evidence = finding["evidence"] as? [String: Any] ?? [:]
      let detail = finding["detail"] as? String ?? ""
      let section = detail.firstMatch(of: #/against (RFC \d+ section [\d.]*\d)/#).map { String($0.1) } ?? detail
      return Told(
        rule: evidence["rule"] as? String ?? "", direction: evidence["direction"] as? String ?? "",
        connection: (finding["connections"] as? [Int])?.first ?? 0, packets: finding["packets"] as? [Int] ?? [],
        severity: finding["severity"] as? String ?? "", section: section)
    }
    #expect(told.count == expected.count)
    for (one, _) in expected { #expect(told.contains(one), "\(one) among \(told.filter { $0.rule == one.rule })") }
    let others = Set(findings.compactMap { $0["id"] as? String }).subtracting(["protocol-violation", "abnormal-close"])
    #expect(others.isEmpty)
  }

  @Test("what is legal is no finding, whatever it looks like")
  func legal() throws {
    var socket = Conversation()
    socket.handshake()
    let early = WebSocketHandshake.request("/chat") + FrameBuilder.text("before the 101").masked().bytes
    socket.send(.clientToServer, bytes: early)
    socket.send(.serverToClient, bytes: WebSocketHandshake.response() + FrameBuilder.text("with the 101").bytes)
    for direction in Direction.allCases {
      let euro = Array("€".utf8)
      socket.send(direction, frame: FrameBuilder(opcode: 1, payload: Array(euro.prefix(1)), isFinal: false))
      socket.send(direction, frame: .ping(Array(repeating: 0, count: 125)))
      socket.send(direction, frame: .continuation([], isFinal: false))
      socket.send(direction, frame: .continuation(Array(euro.dropFirst()), isFinal: true))
      socket.send(direction, frames: [.pong(), .text(""), .binary([]), .pong([1])])
    }
    socket.send(.clientToServer, frame: FrameBuilder.text("zero key").masked(with: 0))
    socket.close(code: 1000)
    let folder = try TemporaryFolder()
    let document = try Tool.document(["--timeline", try folder.write(socket.pcap(), as: "legal.pcap")])
    #expect((document["findings"] as? [[String: Any]])?.isEmpty == true)
    let payloads = (document["messages"] as? [[String: Any]])?.compactMap { $0["payload"] as? String } ?? []
    #expect(payloads == ["before the 101", "with the 101", "€", "", "€", "", "zero key"])
  }
}
