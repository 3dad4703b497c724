import Bytes

/// Decodes captured frames into TCP segments.
///
/// One for all captures of a run: it keeps the fragments of datagrams, and nothing else.
package struct PacketDecoder {
  /// How many headers a packet may have, one after the other.
  ///
  /// A pod's packet in VXLAN over IPv6 with two VLAN tags has ten; each header costs time, so that hostile nesting must
  /// have an end.
  package static let maximumHeaderCount = 32

  private var fragments: FragmentStore

  package init(limits: FragmentLimits = FragmentLimits()) {
    fragments = FragmentStore(limits: limits)
  }

  /// How many fragments of each capture came whose datagram is not complete: given up, or still waiting.
  ///
  /// At the end of the captures these are the counts for ``SkipReason/fragmentIncomplete``.
  package var incompleteFragments: [Int: Int] { fragments.incompleteCounts }

  /// Decodes a frame, the segment into a place that the caller keeps from packet to packet.
  ///
  /// Lengths come from the IP header, so that padding and trailers fall away; where it has none because the network
  /// card was to cut the packet, from the frame. Checksums are not judged: offloading leaves them unfinished.
  /// `wireLength` is the frame's bytes on the wire. What is in `segment` is meaningful only where the answer is
  /// ``Decoded/segment`` or ``Decoded/reassembled(_:)``.
  @inline(never)
  package mutating func decode(
    _ frame: RawSpan, linkType: LinkType, wireLength: Int, reference: PacketReference, into segment: inout Segment
  ) -> Decoded {
    segment.begin(reference)
    if PlainPacket.take(frame, linkType, &segment) { return .segment }
    guard let first = HeaderKind(linkType: linkType) else { return .skipped(.unknownLinkType(linkType)) }
    var walk = HeaderWalk(missing: wireLength &- frame.byteCount)
    return decode(frame, from: first, &walk, &segment)
  }

  /// Decodes bytes that begin with a header of a kind: a frame, or a reassembled datagram.
  private mutating func decode(
    _ bytes: RawSpan, from first: HeaderKind, _ walk: inout HeaderWalk, _ segment: inout Segment
  ) -> Decoded {
    var rest = bytes
    do throws(ParseError) {
      switch try walk.advance(through: &rest, from: first, &segment) {
      case .transport(.tcp):
        try walk.takeSegment(&rest, at: bytes.byteOffsets(of: rest)?.lowerBound ?? 0, &segment)
        return .segment
      case .fragment(let position): return try decodeFragment(rest, position, &walk, &segment)
      case .unknown(let type): return .skipped(.notIP(type))
      case .other: return .otherTransport
      default: return .skipped(.tooManyHeaders)
      }
    } catch {
      return .skipped(SkipReason(error))
    }
  }

  @inline(never)
  private mutating func decodeFragment(
    _ piece: RawSpan, _ position: FragmentPosition, _ walk: inout HeaderWalk, _ segment: inout Segment
  ) throws(ParseError) -> Decoded {
    guard position.protocolNumber.mayCarryTCP else { return .otherTransport }
    let datagram = try fragments.insert(
      piece, wireCount: piece.byteCount + walk.missing, at: position, of: FragmentKey(segment, position),
      time: segment.reference.time)
    guard let datagram else { return .fragment }
    let bytes = datagram.capturedPrefix
    walk.missing = datagram.wireLength - bytes.count
    let decoded = decode(bytes.span.bytes, from: .transport(position.protocolNumber), &walk, &segment)
    return decoded == .segment ? .reassembled(bytes) : decoded
  }
}
