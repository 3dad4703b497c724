import Bytes

/// The header of the Point-to-Point Protocol (RFC 1661 section 2), with or without HDLC-like framing (RFC 1662).
package struct PPPHeader: Equatable, Sendable {
  /// The protocol's number (RFC 1661 section 2, IANA's "PPP DLL Protocol Numbers").
  package var protocolNumber: UInt16

  /// Takes the header from the front of a frame, or of what a PPPoE or GRE header left.
  ///
  /// Address and control field are there only where they were not negotiated away (RFC 1661 section 6.6), and a
  /// protocol below 256 may take one byte (section 6.5), which is then odd as no first byte of two ever is.
  package init(parsing bytes: inout RawSpan) throws(ParseError) {
    try bytes.require(1, .link)
    if bytes.byteCount >= 2, bytes.uint16(at: 0) == 0xff03 { bytes.drop(2) }
    try bytes.require(1, .link)
    if bytes.byte(at: 0) & 1 == 1 {
      protocolNumber = UInt16(bytes.byte(at: 0))
      bytes.drop(1)
    } else {
      try bytes.require(2, .link)
      protocolNumber = bytes.uint16(at: 0)
      bytes.drop(2)
    }
  }

  /// What follows: IPv4, IPv6 (RFC 5072), MPLS (RFC 3032), or what is no packet of the network layer.
  var payload: HeaderKind {
    switch protocolNumber {
    case 0x0021, 0x0057: .ip
    case 0x0281, 0x0283: .mpls
    default: .other
    }
  }
}
