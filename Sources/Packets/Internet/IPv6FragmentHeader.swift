import Bytes

/// The Fragment header of IPv6 (RFC 8200 section 4.5).
package struct IPv6FragmentHeader: Equatable, Sendable {
  package var position: FragmentPosition

  package static let byteCount = 8

  /// Takes the header from the front.
  package init(parsing bytes: inout RawSpan) throws(ParseError) {
    try bytes.require(IPv6FragmentHeader.byteCount, .ip)
    let offsetAndFlags = bytes.uint16(at: 2)
    position = FragmentPosition(
      identification: bytes.uint32(at: 4), offset: Int(offsetAndFlags & 0xfff8),
      isLast: offsetAndFlags & 1 == 0, protocolNumber: IPProtocol(rawValue: bytes.byte(at: 0)))
    bytes.drop(IPv6FragmentHeader.byteCount)
  }

  /// What follows: a piece, or for an atomic fragment (RFC 6946), which is a whole datagram, its payload.
  var payload: HeaderKind {
    position.offset == 0 && position.isLast ? .transport(position.protocolNumber) : .fragment(position)
  }
}
