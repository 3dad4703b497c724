import Bytes

/// The header of LINKTYPE_PPP_HDLC: PPP in HDLC-like framing (RFC 1662), or Cisco HDLC (RFC 1547 section 4.3.1).
package struct PPPSerialHeader: Equatable, Sendable {
  /// What Cisco's framing carries; `nil` where a PPP header comes next.
  package var ciscoType: EtherType?

  /// Takes Cisco's header from the front of a frame; PPP's is left for ``PPPHeader``.
  package init(parsing bytes: inout RawSpan) throws(ParseError) {
    try bytes.require(2, .link)
    // Address 0x0f is unicast, 0x8f multicast; control is 0.
    guard bytes.uint16(at: 0) == 0x0f00 || bytes.uint16(at: 0) == 0x8f00 else { return }
    try bytes.require(4, .link)
    ciscoType = EtherType(rawValue: bytes.uint16(at: 2))
    bytes.drop(4)
  }

  var payload: HeaderKind { ciscoType?.payload ?? .ppp }
}
