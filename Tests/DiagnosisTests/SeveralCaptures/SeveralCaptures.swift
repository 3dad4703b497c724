import Analysis
import Diagnosis
import Packets
import Streams
import TestSupport

/// What is found in captures that are read together, as the command does it.
struct SeveralCaptures {
  let comparison: CaptureComparison
  private(set) var findings: [Finding] = []
  private(set) var connections: [ConnectionSummary] = []
  private(set) var messages = 0
  private(set) var duplicates = 0
  /// What was counted of each capture.
  private(set) var tallies: [CaptureTally] = []
  private(set) var lossPlaces: [LossPlace] = []

  init(_ captures: [[RecordedPacket]]) {
    let surveys = captures.enumerated().map { index, packets in
      var survey = CaptureSurvey(ports: PortSelection([8080]))
      for (number, packet) in packets.enumerated() {
        survey.receive(
          packet.bytes.span.bytes, linkType: LinkType(rawValue: packet.linkType), wireLength: packet.originalLength,
          reference: PacketReference(capture: index, number: number + 1, time: packet.time))
      }
      return survey
    }
    comparison = CaptureComparison(surveys)
    var secondSight = SecondSight(comparison)
    var options = AnalysisOptions()
    options.wantsMessages = true
    var analyzer = Analyzer(options: options)
    let merged = merge(captures)
    for (packet, reference) in merged {
      let bytes = packet.bytes.span.bytes
      let linkType = LinkType(rawValue: packet.linkType)
      guard
        secondSight.admits(bytes, linkType: linkType, wireLength: packet.originalLength, reference: reference)
      else { continue }
      analyzer.receive(bytes, linkType: linkType, wireLength: packet.originalLength, reference: reference)
    }
    analyzer.finish()
    lossPlaces = secondSight.lossPlaces
    duplicates = analyzer.counts.duplicates
    tallies = captures.indices.map { analyzer.counts.tally(of: $0) }
    conclude(
      analyzer.takeEvents(),
      Scene(
        epoch: merged.first?.1.time ?? Conversation.defaultStart, captures: captures.count, clocks: comparison.clocks))
  }

  /// All packets by the common clock, with their places.
  private func merge(_ captures: [[RecordedPacket]]) -> [(RecordedPacket, PacketReference)] {
    let clocks = comparison.clocks.corrections
    let all = captures.enumerated().flatMap { index, packets in
      packets.enumerated().map { number, packet in
        (packet, PacketReference(capture: index, number: number + 1, time: clocks[index].corrected(packet.time)))
      }
    }
    return all.enumerated().sorted { ($0.element.1.time, $0.offset) < ($1.element.1.time, $1.offset) }.map(\.element)
  }

  private mutating func conclude(_ events: [TraceEvent], _ scene: Scene) {
    var diagnostician = Diagnostician()
    for event in events {
      diagnostician.observe(event)
      switch event {
      case .connectionClosed(let connection): connections.append(connection)
      case .message: messages += 1
      default: break
      }
    }
    for place in lossPlaces { diagnostician.observe(.lossPlaced(place)) }
    findings = diagnostician.conclude(in: scene)
  }

  /// The findings as far as they do not depend on which packet has which number.
  var verdicts: [String] {
    findings.map { "\($0.severity) \($0.id) \($0.blame) \($0.blameDetail.map { "\($0)" } ?? "") \($0.count)" }.sorted()
  }
}
