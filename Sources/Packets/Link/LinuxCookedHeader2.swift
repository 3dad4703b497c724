import Bytes

/// The header of Linux "cooked" capture v2, LINKTYPE_LINUX_SLL2.
///
/// https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html
package struct LinuxCookedHeader2: Equatable, Sendable {
  /// What the packet carries.
  package var type: EtherType
  /// The capturing machine's number for the interface, from 1.
  package var interfaceIndex: UInt32
  /// To whom the packet went.
  package var packetType: PacketType

  package static let byteCount = 20

  /// Takes the header from the front of a frame.
  @inline(__always)
  package init(parsing bytes: inout RawSpan) throws(ParseError) {
    try bytes.require(LinuxCookedHeader2.byteCount, .link)
    type = EtherType(rawValue: bytes.uint16(at: 0))
    interfaceIndex = bytes.uint32(at: 4)
    packetType = PacketType(rawValue: bytes.byte(at: 10))
    bytes.drop(LinuxCookedHeader2.byteCount)
  }
}
