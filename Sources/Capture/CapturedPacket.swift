import Packets

/// What a capture says of one packet, without its bytes.
package struct CapturedPacket: Hashable, Sendable {
  /// Capture, number and time.
  package var reference: PacketReference
  /// How many bytes the capture holds.
  package var capturedLength: Int
  /// How many bytes were on the wire; more than `capturedLength` where a snap length cut the packet.
  package var wireLength: Int
  /// What the first byte belongs to.
  package var linkType: LinkType

  @inlinable
  package init(reference: PacketReference, capturedLength: Int, wireLength: Int, linkType: LinkType) {
    self.reference = reference
    self.capturedLength = capturedLength
    self.wireLength = wireLength
    self.linkType = linkType
  }

  /// Whether bytes of the packet are missing from the capture.
  @inlinable
  package var isTruncated: Bool { capturedLength < wireLength }
}
