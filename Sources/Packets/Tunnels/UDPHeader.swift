import Bytes

/// The header of a UDP datagram (RFC 768), read for the tunnels that run over it.
package struct UDPHeader: Equatable, Sendable {
  package var source: UInt16
  package var destination: UInt16

  package static let byteCount = 8

  /// Takes the header from the front.
  package init(parsing bytes: inout RawSpan) throws(ParseError) {
    try bytes.require(UDPHeader.byteCount, .tunnel)
    source = bytes.uint16(at: 0)
    destination = bytes.uint16(at: 2)
    bytes.drop(UDPHeader.byteCount)
  }

  /// What follows, by the port that the tunnel's document assigns.
  ///
  /// 8472 is what Linux used for VXLAN before the assignment and still does by default, as flannel's networks show.
  var payload: HeaderKind {
    switch destination {
    case 4789, 8472: .vxlan
    case 6081: .geneve
    case 2152: .gtp
    default: .other
    }
  }
}
