import Analysis
import Bytes
import Capture
import Diagnosis
import Foundation
import Packets
import TestSupport

/// A recording of real traffic, in memory.
struct Recorded: Sendable {
  let name: String
  let packets: [RecordedPacket]

  /// The paths of all recordings: the project's own, and the others of the larger collection where it is there.
  static let paths: [String] = {
    let own = paths(in: PackageRoot.captures)
    let names = Set(own.map { URL(filePath: $0).lastPathComponent })
    let others = SharedCaptures.folder.map { paths(in: $0) + paths(in: $0 + "/public") } ?? []
    return own + others.filter { !names.contains(URL(filePath: $0).lastPathComponent) }
  }()

  init(path: String) throws {
    name = path.split(separator: "/").last.map(String.init) ?? path
    var packets: [RecordedPacket] = []
    let file = try CaptureFile(path: path, index: 0, options: ReaderOptions())
    while try file.advance() {
      let packet = file.packet
      packets.append(
        RecordedPacket(
          time: packet.reference.time, bytes: file.withBytes { $0.copy() }, linkType: packet.linkType.rawValue,
          originalLength: packet.wireLength))
    }
    self.packets = packets
  }

  private static func paths(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".pcap") || $0.hasSuffix(".pcapng") }.sorted().map { folder + "/" + $0 }
  }
}

/// What is found in packets.
struct Verdict {
  private(set) var connections: [ConnectionSummary] = []
  let findings: [Finding]
  let duplicates: Int

  init(_ packets: [RecordedPacket], ports: AnalysisOptions = AnalysisOptions()) {
    var analyzer = Analyzer(options: ports)
    var diagnostician = Diagnostician()
    for (index, packet) in packets.enumerated() {
      analyzer.receive(
        packet.bytes.span.bytes, linkType: LinkType(rawValue: packet.linkType), wireLength: packet.originalLength,
        reference: PacketReference(capture: 0, number: index + 1, time: packet.time))
    }
    analyzer.finish()
    for event in analyzer.takeEvents() {
      diagnostician.observe(event)
      if case .connectionClosed(let connection) = event { connections.append(connection) }
    }
    duplicates = analyzer.counts.duplicates
    findings = diagnostician.conclude(in: Scene(epoch: packets.first?.time ?? Conversation.defaultStart, captures: 1))
  }

  /// What a person would be told of: the ids of warnings and errors.
  var alarms: Set<String> { Set(findings.filter { $0.severity > .notice }.map(\.id.rawValue)) }

  /// The blames that another verdict on the same traffic does not share; to blame nobody is never wrong.
  func blames(differingFrom whole: Verdict) -> [String] {
    var known: [FindingID: Set<Blame>] = [:]
    for finding in whole.findings { known[finding.id, default: []].insert(finding.blame) }
    return findings.compactMap { finding in
      guard finding.severity > .notice, finding.blame != .unknown, let blames = known[finding.id] else { return nil }
      return blames.contains(finding.blame) ? nil : "\(finding.id): \(finding.blame) instead of \(blames)"
    }
  }

  /// What follows from what is found, and stands alone where its cause was not captured.
  var explained: Set<String> { Set(findings.flatMap(\.explains).map(\.rawValue)) }

  /// The ends of a connection on a leg, to know its packets by.
  func endpoints(on leg: Leg) -> Set<Set<Endpoint>> {
    Set(connections.filter { $0.leg == leg }.map { [$0.client, $0.server] })
  }
}
