import Bytes

/// The header of VXLAN (RFC 7348 section 5).
package struct VXLANHeader: Equatable, Sendable {
  /// Whether the flag is set that makes this a VXLAN header.
  package var isValid: Bool
  /// The virtual network's number, 24 bits.
  package var networkIdentifier: UInt32

  package static let byteCount = 8

  /// Takes the header from the front of a UDP payload.
  package init(parsing bytes: inout RawSpan) throws(ParseError) {
    try bytes.require(VXLANHeader.byteCount, .tunnel)
    isValid = bytes.byte(at: 0) & 0x08 != 0
    networkIdentifier = bytes.uint32(at: 4) >> 8
    bytes.drop(VXLANHeader.byteCount)
  }

  /// What follows; without the flag it is some other protocol on that port.
  var payload: HeaderKind { isValid ? .ethernet : .other }
}
