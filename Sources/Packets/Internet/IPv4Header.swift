import Bytes

/// The header of an IPv4 packet (RFC 791 section 3.1).
package struct IPv4Header: Equatable, Sendable {
  /// The header's bytes with its options, which are not decoded.
  package var headerLength: Int
  /// The packet's bytes with this header; 0 from hosts that leave it to the network card to cut the packet.
  package var totalLength: Int
  package var identification: UInt16
  /// Flags and fragment offset as they stand in the header.
  package var fragmentField: UInt16
  package var timeToLive: UInt8
  package var protocolNumber: IPProtocol
  package var source: IPAddress
  package var destination: IPAddress

  /// The bytes of a header without options.
  package static let minimumByteCount = 20

  /// Takes the header with its options from the front of a packet.
  @inline(__always)
  package init(parsing bytes: inout RawSpan) throws(ParseError) {
    try bytes.require(IPv4Header.minimumByteCount, .ip)
    let versionAndLength = bytes.byte(at: 0)
    guard versionAndLength >= 0x45, versionAndLength <= 0x4f else {
      throw ParseError(.ip, .invalid("version and header length"))
    }
    headerLength = Int(versionAndLength & 0x0f) &* 4
    totalLength = Int(bytes.uint16(at: 2))
    identification = bytes.uint16(at: 4)
    fragmentField = bytes.uint16(at: 6)
    timeToLive = bytes.byte(at: 8)
    protocolNumber = IPProtocol(rawValue: bytes.byte(at: 9))
    source = IPAddress(ipv4: bytes.uint32(at: 12))
    destination = IPAddress(ipv4: bytes.uint32(at: 16))
    guard totalLength >= headerLength || totalLength == 0 else {
      throw ParseError(.ip, .invalid("total length"))
    }
    try bytes.require(headerLength, .ip)
    bytes.drop(headerLength)
  }

  /// The bytes after the header; `nil` where the header does not say.
  @inline(__always)
  package var payloadLength: Int? { totalLength == 0 ? nil : totalLength &- headerLength }

  /// Whether the packet carries a piece of a datagram, not a whole one.
  @inline(__always)
  package var isFragment: Bool { fragmentField & 0x3fff != 0 }

  /// Where the piece belongs.
  package var fragmentPosition: FragmentPosition {
    FragmentPosition(
      identification: UInt32(identification), offset: Int(fragmentField & 0x1fff) * 8,
      isLast: fragmentField & 0x2000 == 0, protocolNumber: protocolNumber)
  }
}
