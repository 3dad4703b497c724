import Bytes
import Packets

/// What was counted of a capture's packets, followed or not.
package struct PacketCounts: Sendable {
  package internal(set) var packets = 0
  package internal(set) var truncated = 0
  /// Copies that were left out, of all captures.
  package private(set) var duplicates = 0
  /// Those of the second capture and the following ones, by capture.
  private var laterDuplicates: [Int: Int] = [:]
  package internal(set) var skipped: [SkipReason: Int] = [:]
  /// Upgrade requests on ports that are not followed.
  package internal(set) var otherPorts: [UInt16: Int] = [:]
  /// Where the capture's clock went back.
  var clock = ClockSteps()
  var first = PacketReference(capture: 0, number: 0, time: Timestamp(nanoseconds: 0))
  private var segments = 0
  private var segmentsWithPayload = 0
  private var synSegments = 0
  private var synAckSegments = 0

  /// Ports on which upgrade requests are counted; more than that is a scan.
  private static let mostPorts = 1024

  /// Copies that were left out of one capture.
  package func duplicates(in capture: Int) -> Int {
    capture > 0 ? laterDuplicates[capture] ?? 0 : duplicates - laterDuplicates.values.reduce(0, +)
  }

  /// Counts a copy.
  mutating func noteDuplicate(in capture: Int) {
    duplicates += 1
    if capture > 0 { laterDuplicates[capture, default: 0] += 1 }
  }

  /// Counts a followed segment.
  @inline(__always)
  mutating func note(_ segment: Segment) {
    segments += 1
    if segment.payloadLength > 0 { segmentsWithPayload += 1 }
    if segment.tcp.flags.contains(.syn) {
      synSegments += 1
      if segment.tcp.flags.contains(.ack) { synAckSegments += 1 }
    }
  }

  /// Counts an upgrade request on a port that is not followed: a request line, and `Upgrade: websocket` in its packet.
  mutating func note(unfollowed segment: Segment, _ bytes: RawSpan) {
    let payload = bytes.extracting(segment.payload)
    guard payload.byteCount > 16, payload.starts(with: "GET ") else { return }
    let head = payload.text(in: 0..<min(payload.byteCount, 4096)).lowercased()
    guard head.contains("\r\nupgrade: websocket") else { return }
    let port = segment.destination.port
    guard otherPorts[port] != nil || otherPorts.count < PacketCounts.mostPorts else { return }
    otherPorts[port, default: 0] += 1
  }

  /// Counts the fragments whose datagrams never became complete.
  mutating func note(incompleteFragments count: Int) {
    if count > 0 { skipped[.fragmentIncomplete] = count }
  }

  func facts(end: PacketReference, connections: Int) -> CaptureFacts {
    CaptureFacts(
      first: first, end: end, packets: packets, truncated: truncated, duplicates: duplicates, segments: segments,
      segmentsWithPayload: segmentsWithPayload, synSegments: synSegments, synAckSegments: synAckSegments,
      connections: connections, otherPorts: otherPorts, clock: clock)
  }
}
