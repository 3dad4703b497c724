import Bytes

/// An extension header of IPv6 that is stepped over (RFC 8200 section 4), or the Authentication Header (RFC 4302).
package struct IPv6ExtensionHeader: Equatable, Sendable {
  package var nextHeader: IPProtocol
  /// The header's bytes.
  package var headerLength: Int

  /// Takes the whole header from the front, of the kind that the header before named.
  ///
  /// Only ``IPProtocol/authentication`` counts its length in words of four bytes, less two (RFC 4302 section 2.2).
  package init(parsing bytes: inout RawSpan, kind: IPProtocol) throws(ParseError) {
    try bytes.require(8, .ip)
    nextHeader = IPProtocol(rawValue: bytes.byte(at: 0))
    let length = Int(bytes.byte(at: 1))
    headerLength = kind == .authentication ? (length + 2) * 4 : (length + 1) * 8
    try bytes.require(headerLength, .ip)
    bytes.drop(headerLength)
  }
}
