/// Where a fragment belongs: in which datagram of its addresses, and where in it.
package struct FragmentPosition: Hashable, Sendable {
  /// The datagram's number, 16 bits in IPv4 and 32 in IPv6.
  package var identification: UInt32
  /// The bytes of the datagram before this fragment.
  package var offset: Int
  /// Whether the datagram ends with this fragment.
  package var isLast: Bool
  /// What the whole datagram carries.
  package var protocolNumber: IPProtocol
}
