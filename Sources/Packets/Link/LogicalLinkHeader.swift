import Bytes

/// The IEEE 802.2 header of a frame with a length in place of an EtherType, and the SNAP header after it (RFC 1042).
package struct LogicalLinkHeader: Equatable, Sendable {
  /// What follows a SNAP header; `nil` where there is none, as in spanning trees, NetBEUI and IS-IS.
  package var type: EtherType?

  package static let byteCount = 8

  /// Takes the headers from the front of what follows the length; a frame without SNAP is left as it is.
  package init(parsing bytes: inout RawSpan) throws(ParseError) {
    // Both service access points are SNAP's.
    guard bytes.byteCount >= 2, bytes.uint16(at: 0) == 0xaaaa else { return }
    try bytes.require(LogicalLinkHeader.byteCount, .link)
    type = EtherType(rawValue: bytes.uint16(at: 6))
    bytes.drop(LogicalLinkHeader.byteCount)
  }

  var payload: HeaderKind { type?.payload ?? .other }
}
