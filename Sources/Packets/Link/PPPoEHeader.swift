import Bytes

/// The header of PPP over Ethernet (RFC 2516 section 4).
package struct PPPoEHeader: Equatable, Sendable {
  /// 0 in a session; all other codes are discovery.
  package var code: UInt8
  package var session: UInt16

  package static let byteCount = 6

  /// Takes the header from the front of what follows the EtherType.
  package init(parsing bytes: inout RawSpan) throws(ParseError) {
    try bytes.require(PPPoEHeader.byteCount, .link)
    guard bytes.byte(at: 0) == 0x11 else { throw ParseError(.link, .invalid("PPPoE version")) }
    code = bytes.byte(at: 1)
    session = bytes.uint16(at: 2)
    bytes.drop(PPPoEHeader.byteCount)
  }

  var payload: HeaderKind { code == 0 ? .ppp : .other }
}
