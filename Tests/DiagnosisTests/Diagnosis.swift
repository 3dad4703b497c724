import Analysis
import Diagnosis
import Packets
import TestSupport
import Testing

/// What the rules find in packets, given one by one.
func findings(
  in packets: [RecordedPacket], thresholds: Thresholds = Thresholds(), expectations: Expectations = Expectations(),
  options: AnalysisOptions = AnalysisOptions()
) -> [Finding] {
  var analyzer = Analyzer(options: options)
  var diagnostician = Diagnostician(thresholds: thresholds)
  for (index, packet) in packets.enumerated() {
    analyzer.receive(
      packet.bytes.span.bytes, linkType: LinkType(rawValue: packet.linkType), wireLength: packet.originalLength,
      reference: PacketReference(capture: 0, number: index + 1, time: packet.time))
    for event in analyzer.takeEvents() { diagnostician.observe(event) }
  }
  analyzer.finish()
  for event in analyzer.takeEvents() { diagnostician.observe(event) }
  let epoch = packets.first?.time ?? Conversation.defaultStart
  return diagnostician.conclude(in: Scene(epoch: epoch, captures: 1, expectations: expectations))
}

/// The ids of what is found, in their order.
func ids(in packets: [RecordedPacket]) -> [FindingID] { findings(in: packets).map(\.id) }

/// The one finding of an id, which has everything that a finding must have.
///
/// Its packets must contain those with the numbers in `packets`.
func expectOne(
  _ id: FindingID, _ severity: Severity, blame: Blame, packets: [Int] = [], in recorded: [RecordedPacket],
  sourceLocation: SourceLocation = #_sourceLocation
) throws -> Finding {
  let all = findings(in: recorded)
  let found = all.filter { $0.id == id }
  #expect(found.count == 1, "found \(all.map(\.id))", sourceLocation: sourceLocation)
  let finding = try #require(found.first, sourceLocation: sourceLocation)
  #expect(finding.severity == severity, sourceLocation: sourceLocation)
  #expect(finding.blame == blame, sourceLocation: sourceLocation)
  #expect(finding.number >= 1, sourceLocation: sourceLocation)
  #expect(Set(packets).isSubset(of: finding.packets.map(\.number)), sourceLocation: sourceLocation)
  #expect(finding.packets.allSatisfy { 1...recorded.count ~= $0.number }, sourceLocation: sourceLocation)
  #expect(1...recorded.count ~= finding.at.number, sourceLocation: sourceLocation)
  for text in [finding.title, finding.detail, finding.remedy] {
    #expect(!text.isEmpty && !text.contains("nil") && !text.contains("Optional("), sourceLocation: sourceLocation)
  }
  #expect(!finding.title.contains("\n"), sourceLocation: sourceLocation)
  #expect(finding.evidence.contains { $0.name == "threshold" }, sourceLocation: sourceLocation)
  #expect(finding.evidence.contains { $0.name != "threshold" }, sourceLocation: sourceLocation)
  #expect(Set(finding.evidence.map(\.name)).count == finding.evidence.count, sourceLocation: sourceLocation)
  return finding
}

extension Finding {
  /// A measured value, where it is one.
  func measure(_ name: String) -> Double? {
    switch evidence.first(where: { $0.name == name })?.value {
    case .number(let number): number
    case .count(let count): Double(count)
    default: nil
    }
  }

  /// A word of evidence.
  func word(_ name: String) -> String? {
    if case .text(let text) = evidence.first(where: { $0.name == name })?.value { text } else { nil }
  }
}

extension Conversation {
  /// A chat whose session is open on a WebSocket.
  static func chat(
    sid: String = "abc", pingInterval: Int = 25_000, port: UInt16 = 50_000, start: Timestamp = Self.defaultStart
  ) -> Conversation {
    var chat = Conversation(client: .at("10.0.0.2", port), start: start)
    chat.handshake()
    chat.upgrade()
    chat.open(sid: sid, pingInterval: pingInterval)
    return chat
  }

  /// A prompt and its whole answer.
  mutating func answer(tokens count: Int = 20, every interval: Interval = .milliseconds(50)) {
    event(.clientToServer, "prompt", "\"hi\"", after: .milliseconds(200))
    stream(count: count, every: interval)
    event(.serverToClient, "done")
  }

  /// Heartbeats at a steady pace.
  mutating func heartbeats(_ count: Int, every interval: Interval) {
    for _ in 0..<count { heartbeat(after: interval) }
  }
}
