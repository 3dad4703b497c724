import Bytes

/// The steps of a walk through IP.
extension HeaderWalk {
  /// Takes the header of an IP packet; its first four bits are the version (RFC 8200 section 3).
  @inline(__always)
  mutating func takeIP(
    _ rest: inout RawSpan, _ segment: inout Segment
  ) throws(ParseError) -> HeaderKind {
    try rest.require(1, .ip)
    return rest.byte(at: 0) >> 4 == 6 ? try takeIPv6(&rest, &segment) : try takeIPv4(&rest, &segment)
  }

  @inline(__always)
  mutating func takeIPv4(
    _ rest: inout RawSpan, _ segment: inout Segment
  ) throws(ParseError) -> HeaderKind {
    let header = try IPv4Header(parsing: &rest)
    segment.source.address = header.source
    segment.destination.address = header.destination
    segment.timeToLive = header.timeToLive
    segment.ipIdentification = UInt32(header.identification)
    segment.hasIPIdentification = true
    if let length = header.payloadLength { limit(&rest, to: length) }
    return header.isFragment ? .fragment(header.fragmentPosition) : .transport(header.protocolNumber)
  }

  @inline(__always)
  private mutating func takeIPv6(
    _ rest: inout RawSpan, _ segment: inout Segment
  ) throws(ParseError) -> HeaderKind {
    let header = try IPv6Header(parsing: &rest)
    segment.source.address = header.source
    segment.destination.address = header.destination
    segment.timeToLive = header.hopLimit
    segment.ipIdentification = 0
    segment.hasIPIdentification = false
    if let length = header.payloadLength { limit(&rest, to: length) }
    return .transport(header.nextHeader)
  }

  /// Ends the packet where its IP header says: before padding and trailers, or beyond what was captured.
  @inline(__always)
  private mutating func limit(_ rest: inout RawSpan, to length: Int) {
    missing = max(0, length &- rest.byteCount)
    if length < rest.byteCount { rest = rest.extracting(first: length) }
  }

  /// Takes what an IP packet carries, TCP apart: extension headers, and the outermost header of a tunnel.
  func takeTransport(
    _ number: IPProtocol, _ rest: inout RawSpan, _ segment: inout Segment
  ) throws(ParseError) -> HeaderKind {
    if number.isExtensionHeader {
      return .transport(try IPv6ExtensionHeader(parsing: &rest, kind: number).nextHeader)
    }
    if number == .fragment { return try IPv6FragmentHeader(parsing: &rest).payload }
    // The VLANs so far were the tunnel's, not the segment's.
    segment.vlans = VLANStack()
    switch number {
    case .ipv4, .ipv6: return .ip
    case .gre: return .gre
    case .mpls: return .mpls
    case .udp where rest.byteCount >= UDPHeader.byteCount: return try UDPHeader(parsing: &rest).payload
    default: return .other
    }
  }
}
