import Bytes

/// An IPv4 header (RFC 791 section 3.1).
package struct IPv4Header: Hashable, Sendable {
  /// In octets, 20 to 60.
  package var headerLength: Int
  /// Header and payload in octets; 0 where the sender's network card was to fill it in (segmentation offload).
  package var totalLength: Int
  package var identification: UInt16
  package var moreFragments: Bool
  /// In octets.
  package var fragmentOffset: Int
  package var timeToLive: UInt8
  package var nextProtocol: IPProtocol
  package var source: IPAddress
  package var destination: IPAddress

  /// Reads a header from the front of `bytes` and leaves what follows its options.
  ///
  /// - Throws: `ParseError` where the version is another, the length field is below 20, or the bytes end.
  package init(parsing bytes: inout RawSpan) throws(ParseError) {
    guard bytes.byteCount >= 20 else { throw .short(.ip, needed: 20, available: bytes.byteCount) }
    let first = bytes.byte(at: 0)
    guard first >> 4 == 4 else { throw ParseError(.ip, .invalid("version")) }
    headerLength = Int(first & 0x0f) * 4
    guard headerLength >= 20 else { throw ParseError(.ip, .invalid("header length")) }
    guard bytes.byteCount >= headerLength else {
      throw .short(.ip, needed: headerLength, available: bytes.byteCount)
    }
    totalLength = Int(bytes.uint16(at: 2))
    guard totalLength == 0 || totalLength >= headerLength else { throw ParseError(.ip, .invalid("total length")) }
    identification = bytes.uint16(at: 4)
    let fragment = bytes.uint16(at: 6)
    moreFragments = fragment & 0x2000 != 0
    fragmentOffset = Int(fragment & 0x1fff) * 8
    timeToLive = bytes.byte(at: 8)
    nextProtocol = IPProtocol(rawValue: bytes.byte(at: 9))
    source = IPAddress(ipv4: bytes.uint32(at: 12))
    destination = IPAddress(ipv4: bytes.uint32(at: 16))
    bytes = bytes.extracting(headerLength..<bytes.byteCount)
  }

  /// Whether this is a piece of a larger datagram.
  package var isFragment: Bool { moreFragments || fragmentOffset > 0 }
}

/// What an IP packet carries (IANA's protocol numbers, which IPv6 uses as next-header values).
package struct IPProtocol: RawRepresentable, Hashable, Sendable {
  package var rawValue: UInt8

  @inlinable
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  @inlinable package static var hopByHop: IPProtocol { IPProtocol(rawValue: 0) }
  @inlinable package static var tcp: IPProtocol { IPProtocol(rawValue: 6) }
  @inlinable package static var routing: IPProtocol { IPProtocol(rawValue: 43) }
  @inlinable package static var fragment: IPProtocol { IPProtocol(rawValue: 44) }
  @inlinable package static var authentication: IPProtocol { IPProtocol(rawValue: 51) }
  @inlinable package static var destinationOptions: IPProtocol { IPProtocol(rawValue: 60) }
  @inlinable package static var mobility: IPProtocol { IPProtocol(rawValue: 135) }
}
