import Bytes

/// The header of Geneve (RFC 8926 section 3.4).
package struct GeneveHeader: Equatable, Sendable {
  package var version: UInt8
  /// What the tunnel carries.
  package var type: EtherType
  /// The virtual network's number, 24 bits.
  package var networkIdentifier: UInt32

  /// The bytes of a header without options.
  package static let minimumByteCount = 8

  /// Takes the header with its options from the front of a UDP payload.
  package init(parsing bytes: inout RawSpan) throws(ParseError) {
    try bytes.require(GeneveHeader.minimumByteCount, .tunnel)
    version = bytes.byte(at: 0) >> 6
    type = EtherType(rawValue: bytes.uint16(at: 2))
    networkIdentifier = bytes.uint32(at: 4) >> 8
    let headerLength = GeneveHeader.minimumByteCount + Int(bytes.byte(at: 0) & 0x3f) * 4
    try bytes.require(headerLength, .tunnel)
    bytes.drop(headerLength)
  }

  /// What follows; there is no version but 0.
  var payload: HeaderKind { version == 0 ? type.payload : .other }
}
