import Bytes

/// The header of Generic Routing Encapsulation (RFC 2784, key and sequence number RFC 2890, PPTP's version RFC 2637).
package struct GREHeader: Equatable, Sendable {
  /// 0, or 1 for PPTP.
  package var version: UInt8
  /// What the tunnel carries.
  package var type: EtherType
  /// Whether there is a sequence number, without which PPTP carries an acknowledgement only.
  package var hasSequenceNumber: Bool

  /// Takes the header with its optional fields from the front of an IP payload.
  package init(parsing bytes: inout RawSpan) throws(ParseError) {
    try bytes.require(4, .tunnel)
    let flags = bytes.uint16(at: 0)
    version = UInt8(flags & 0x0007)
    type = EtherType(rawValue: bytes.uint16(at: 2))
    hasSequenceNumber = flags & 0x1000 != 0
    guard version <= 1 else { throw ParseError(.tunnel, .invalid("GRE version")) }
    // RFC 2784 section 2.3: source routing, of RFC 1701, makes a receiver discard the packet.
    guard flags & 0x4000 == 0 else { throw ParseError(.tunnel, .invalid("GRE routing")) }
    let hasChecksum = flags & 0x8000 != 0
    let hasKey = flags & 0x2000 != 0
    let hasAcknowledgement = version == 1 && flags & 0x0080 != 0
    let fields = [hasChecksum, hasKey, hasSequenceNumber, hasAcknowledgement]
    let headerLength = 4 + fields.reduce(0) { $0 + ($1 ? 4 : 0) }
    try bytes.require(headerLength, .tunnel)
    bytes.drop(headerLength)
  }

  /// What follows.
  var payload: HeaderKind {
    switch type {
    case _ where version == 1: hasSequenceNumber ? type.payload : .other
    case .erspan: hasSequenceNumber ? .erspan2 : .ethernet
    case .erspan3: .erspan3
    default: type.isLength ? .other : type.payload
    }
  }
}
