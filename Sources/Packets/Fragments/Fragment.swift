import Bytes

/// A piece of an IP datagram as a captured frame has it.
package struct Fragment: Hashable, Sendable {
  /// The datagram that it is a piece of.
  package var datagram: FragmentKey
  /// The bytes of the datagram before this piece.
  package var offset: Int
  /// Whether the datagram ends with this piece.
  package var isLast: Bool
  /// What of the piece was captured, in the frame's bytes.
  package var captured: Range<Int>

  /// Finds the fragment that a frame carries, the innermost one where tunnels are cut too; `nil` where it carries none.
  ///
  /// For who writes packets again: a ``PacketDecoder`` says only that there is one.
  package init?(in frame: RawSpan, linkType: LinkType, wireLength: Int, reference: PacketReference) {
    guard let first = HeaderKind(linkType: linkType) else { return nil }
    var segment = Segment()
    segment.begin(reference)
    var walk = HeaderWalk(missing: wireLength - frame.byteCount)
    var rest = frame
    guard case .fragment(let position)? = try? walk.advance(through: &rest, from: first, &segment),
      let captured = frame.byteOffsets(of: rest)
    else { return nil }
    datagram = FragmentKey(segment, position)
    offset = position.offset
    isLast = position.isLast
    self.captured = captured
  }
}
