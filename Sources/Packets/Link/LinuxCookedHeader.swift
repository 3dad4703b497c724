import Bytes

/// The header of Linux "cooked" capture, LINKTYPE_LINUX_SLL.
///
/// https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html
package struct LinuxCookedHeader: Equatable, Sendable {
  /// To whom the packet went.
  package var packetType: PacketType
  /// What the packet carries.
  package var type: EtherType

  package static let byteCount = 16

  /// Takes the header from the front of a frame.
  @inline(__always)
  package init(parsing bytes: inout RawSpan) throws(ParseError) {
    try bytes.require(LinuxCookedHeader.byteCount, .link)
    packetType = PacketType(rawValue: UInt8(truncatingIfNeeded: bytes.uint16(at: 0)))
    type = EtherType(rawValue: bytes.uint16(at: 14))
    bytes.drop(LinuxCookedHeader.byteCount)
  }
}
