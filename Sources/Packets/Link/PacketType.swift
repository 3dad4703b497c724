/// To whom a packet went, as Linux's cooked headers say (packet(7), `sll_pkttype`).
package struct PacketType: RawRepresentable, Hashable, Sendable {
  package var rawValue: UInt8

  @inlinable
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let toHost = PacketType(rawValue: 0)
  package static let broadcast = PacketType(rawValue: 1)
  package static let multicast = PacketType(rawValue: 2)
  package static let toOtherHost = PacketType(rawValue: 3)
  /// Sent by the capturing machine.
  package static let outgoing = PacketType(rawValue: 4)
  /// The link type has no such field.
  package static let unknown = PacketType(rawValue: 0xff)
}
