import Bytes
import Packets

/// What was counted of a capture's packets, followed or not.
package struct PacketCounts: Sendable {
  package internal(set) var packets = 0
  package internal(set) var truncated = 0
  /// What is told of each capture, by its index.
  private var tallies: [CaptureTally] = [CaptureTally()]
  /// Where the capture's clock went back.
  var clock = ClockSteps()
  /// Where it leapt ahead.
  var hosts = HostClocks()
  var first = PacketReference(capture: 0, number: 0, time: Timestamp(nanoseconds: 0))
  private var segments = 0
  private var segmentsWithPayload = 0
  private var synSegments = 0
  private var synAckSegments = 0

  /// Ports on which upgrade requests are counted; more than that is a scan.
  private static let mostPorts = 1024

  /// What was counted of one capture.
  package func tally(of capture: Int) -> CaptureTally {
    tallies.indices.contains(capture) ? tallies[capture] : CaptureTally()
  }

  /// Copies that were left out, of all captures.
  package var duplicates: Int { tallies.reduce(0) { $0 + $1.duplicates } }

  /// Packets that were not decoded, of all captures.
  package var skipped: [SkipReason: Int] {
    tallies.reduce(into: [:]) { $0.merge($1.skipped, uniquingKeysWith: +) }
  }

  /// Upgrade requests on ports that are not followed, of all captures.
  package var otherPorts: [UInt16: Int] {
    tallies.reduce(into: [:]) { $0.merge($1.otherPorts, uniquingKeysWith: +) }
  }

  /// Changes what is counted of one capture.
  private mutating func count(in capture: Int, _ change: (inout CaptureTally) -> Void) {
    while tallies.count <= capture { tallies.append(CaptureTally()) }
    change(&tallies[capture])
  }

  /// Counts a copy.
  mutating func noteDuplicate(in capture: Int) { count(in: capture) { $0.duplicates += 1 } }

  /// Counts a packet that was not decoded.
  mutating func note(skipped reason: SkipReason, in capture: Int) {
    count(in: capture) { $0.skipped[reason, default: 0] += 1 }
  }

  /// Takes a step of the clock back, or a long one ahead.
  mutating func note(_ step: Interval, to reference: PacketReference, after earlier: PacketReference) {
    guard step < .zero else { return hosts.silence(from: earlier, to: reference) }
    clock.note(reference, after: earlier)
    if step < Interval(nanoseconds: -ClockSteps.reordering.nanoseconds) { hosts.forget() }
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
    count(in: segment.reference.capture) { tally in
      guard tally.otherPorts[port] != nil || tally.otherPorts.count < PacketCounts.mostPorts else { return }
      tally.otherPorts[port, default: 0] += 1
    }
  }

  /// Counts the fragments of each capture whose datagrams never became complete.
  mutating func note(incompleteFragments counts: [Int: Int]) {
    for (capture, fragments) in counts { count(in: capture) { $0.skipped[.fragmentIncomplete] = fragments } }
  }

  func facts(end: PacketReference, connections: Int) -> CaptureFacts {
    CaptureFacts(
      first: first, end: end, packets: packets, truncated: truncated, duplicates: duplicates, segments: segments,
      segmentsWithPayload: segmentsWithPayload, synSegments: synSegments, synAckSegments: synAckSegments,
      connections: connections, otherPorts: otherPorts, clock: clock, leaps: hosts.leaps)
  }
}

/// What was counted of one capture.
package struct CaptureTally: Sendable {
  /// Copies that were left out.
  package internal(set) var duplicates = 0
  /// Packets that may hold TCP and were not decoded.
  package internal(set) var skipped: [SkipReason: Int] = [:]
  /// Upgrade requests on ports that are not followed.
  package internal(set) var otherPorts: [UInt16: Int] = [:]
}
