/// What the fragments of one datagram have in common (RFC 791 section 3.2, RFC 8200 section 4.5).
///
/// Capture, interface and VLANs belong to it, so that copies of a datagram that were seen at several points stay
/// copies, and are found to be duplicates like those of whole packets.
package struct FragmentKey: Hashable, Sendable {
  var source: IPAddress
  var destination: IPAddress
  var identification: UInt32
  /// RFC 791 has it in the key; RFC 8200 has not, but a sender's fragments all name the same.
  var protocolNumber: IPProtocol
  var interfaceIndex: UInt32
  var vlans: VLANStack
  var capture: Int

  init(_ segment: Segment, _ position: FragmentPosition) {
    source = segment.source.address
    destination = segment.destination.address
    identification = position.identification
    protocolNumber = position.protocolNumber
    interfaceIndex = segment.interfaceIndex
    vlans = segment.vlans
    capture = segment.reference.capture
  }
}
