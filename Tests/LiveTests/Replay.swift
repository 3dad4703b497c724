import Analysis
import Capture
import Diagnosis
import Live
import Packets
import TestSupport

/// A live analysis that is given the packets of a script, with the clock going on between and after them.
struct Replay: ~Copyable {
  var analysis: LiveAnalysis
  /// What became known among the findings, in order.
  var changes: [FindingLedger.Change] = []
  private var number = 0

  init(options: AnalysisOptions = AnalysisOptions(), limits: LiveLimits = LiveLimits()) {
    analysis = LiveAnalysis(options: options, captures: 1, limits: limits)
  }

  /// Takes packets, and concludes every quarter of a second of their time.
  mutating func take(_ packets: [RecordedPacket]) {
    var next = packets.first.map { $0.time + .milliseconds(250) }
    for packet in packets {
      while let due = next, packet.time > due {
        conclude(at: due)
        next = due + .milliseconds(250)
      }
      number += 1
      let captured = CapturedPacket(
        reference: PacketReference(capture: 0, number: number, time: packet.time),
        capturedLength: packet.bytes.count, wireLength: packet.originalLength,
        linkType: LinkType(rawValue: packet.linkType))
      analysis.receive(captured, packet.bytes.span.bytes)
      _ = analysis.collect()
    }
  }

  mutating func conclude(at clock: Timestamp) {
    changes += analysis.conclude(at: clock)
    _ = analysis.collect()
  }

  /// Lets the clock go on without a packet.
  mutating func wait(from start: Timestamp, until end: Timestamp) {
    var clock = start
    while clock < end {
      clock = clock + .milliseconds(250)
      conclude(at: clock)
    }
  }
}

/// What an analysis of the whole capture finds.
func findings(in packets: [RecordedPacket]) -> [Finding] {
  var analyzer = Analyzer()
  var diagnostician = Diagnostician()
  for (index, packet) in packets.enumerated() {
    analyzer.receive(
      packet.bytes.span.bytes, linkType: LinkType(rawValue: packet.linkType), wireLength: packet.originalLength,
      reference: PacketReference(capture: 0, number: index + 1, time: packet.time))
    for event in analyzer.takeEvents() { diagnostician.observe(event) }
  }
  analyzer.finish()
  for event in analyzer.takeEvents() { diagnostician.observe(event) }
  return diagnostician.conclude(in: Scene(epoch: packets.first?.time ?? Conversation.defaultStart, captures: 1))
}

extension Conversation {
  /// A chat with one whole answer, and a second one of which only the beginning has come.
  static func stalling(port: UInt16 = 50_000, sid: String = "abc") -> Conversation {
    var chat = Conversation(client: .at("10.0.0.2", port))
    chat.handshake()
    chat.upgrade()
    chat.open(sid: sid)
    chat.event(.clientToServer, "prompt", after: .milliseconds(200))
    chat.stream(count: 20)
    chat.event(.serverToClient, "done")
    chat.event(.clientToServer, "prompt", after: .milliseconds(200))
    chat.stream(count: 10)
    return chat
  }
}

extension FindingLedger.Change {
  var isAppeared: Bool { if case .appeared = self { true } else { false } }
  var isWithdrawn: Bool { if case .withdrawn = self { true } else { false } }
  var finding: Finding {
    switch self {
    case .appeared(let finding), .changed(let finding, _), .withdrawn(let finding): finding
    }
  }
}

extension Finding {
  var isByClock: Bool { evidence.contains { $0.name == "byClock" && $0.value == .flag(true) } }
}
