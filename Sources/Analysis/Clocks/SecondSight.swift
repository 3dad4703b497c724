import Bytes
import Packets
import Streams

/// Tells packets that another capture has too from those that are to be analysed.
///
/// A connection that several captures saw is analysed from the most complete one; what the others saw of it only tells
/// where packets were lost. Packets are not compared one by one for that: a network card joins and cuts segments, so that
/// the same bytes are other packets at the other end.
package struct SecondSight {
  private let coverage: [ClosedRange<Timestamp>?]
  private var flows: [FlowEnds: SharedFlow]
  private var recent = RecentSightings()
  /// Those that count although they are not the primary's.
  private var strays = RecentSightings()
  private var places = LossPlaces()
  private var decoder = PacketDecoder()
  private var segment = Segment()

  package init(_ comparison: CaptureComparison) {
    coverage = comparison.coverage
    flows = comparison.flows
  }

  /// Where packets were lost, as far as two points of capture on their way show it.
  package var lossPlaces: [LossPlace] { places.list }

  /// Whether a packet is to be analysed; the parameters are those of `Analyzer.receive`, the time is the common clock's.
  package mutating func admits(
    _ frame: RawSpan, linkType: LinkType, wireLength: Int, reference: PacketReference
  ) -> Bool {
    guard !flows.isEmpty,
      decoder.decode(frame, linkType: linkType, wireLength: wireLength, reference: reference, into: &segment)
        == .segment
    else { return true }
    var isFromLow = false
    let ends = FlowEnds(segment, isFromLow: &isFromLow)
    guard let place = flows.index(forKey: ends),
      let point = flows.values[place].points.firstIndex(where: { $0.capture == reference.capture })
    else { return true }
    let identity = segment.identity
    let isCopy = recent.contains(
      identity, by: reference.capture, at: reference.time, within: SightingSample.copyInterval)
    recent.insert(identity, by: reference.capture, at: reference.time)
    // A copy shows nothing new about the way; whether it is one is for the connection table to say.
    if !isCopy { noteBytes(isFromLow: isFromLow, place, point) }
    return isFirstSight(identity, flows.values[place])
  }

  /// Whether the segment is the first sight of its packet that counts.
  private mutating func isFirstSight(_ identity: UInt64, _ flow: SharedFlow) -> Bool {
    let (capture, time) = (segment.reference.capture, segment.reference.time)
    if capture != flow.primary {
      // Only before the primary capture began, and after it ended, do the others count.
      if coverage[flow.primary]?.contains(time) == true { return false }
      if recent.contains(identity, by: flow.primary, at: time) { return false }
    }
    for other in flow.points where other.capture != capture {
      if strays.contains(identity, by: other.capture, at: time) { return false }
    }
    if capture != flow.primary { strays.insert(identity, by: capture, at: time) }
    return true
  }

  /// Notes which octets a point has seen, and where they were lost if they come again.
  private mutating func noteBytes(isFromLow: Bool, _ place: Dictionary<FlowEnds, SharedFlow>.Index, _ point: Int) {
    guard segment.payloadLength > 0 else { return }
    let (sequence, length) = (segment.tcp.sequence, segment.payloadLength)
    if flows.values[place].points[point][isFromLow].hasSeen(sequence) == true {
      noteRepetition(flows.values[place], from: point, isFromLow: isFromLow)
    }
    flows.values[place].points[point][isFromLow].add(sequence, length)
  }

  /// Says whether the octets that come again had come to the next point on their way.
  private mutating func noteRepetition(_ flow: SharedFlow, from point: Int, isFromLow: Bool) {
    let origin = flow.points[point]
    for other in flow.points where other.capture != origin.capture {
      // Only the primary's place is known, so that one of both points has to be it.
      let isBehind: Bool? =
        origin.capture == flow.primary
        ? other.isBehindPrimary : other.capture == flow.primary ? origin.isBehindPrimary.map { !$0 } : nil
      guard let isBehind, isBehind == isFromLow, coverage[other.capture]?.contains(segment.reference.time) == true,
        let wasSeen = other[isFromLow].hasSeen(segment.tcp.sequence)
      else { continue }
      places.note(segment, seenBy: origin.capture, missedBy: other.capture, wasMissed: !wasSeen)
    }
  }
}
