import Bytes

/// The way through a packet's headers, from the frame's to TCP's.
///
/// What they say of the segment is written into it at once: to copy a segment costs more than to decode it.
struct HeaderWalk {
  /// The bytes of the current packet that were on the wire but not captured.
  var missing: Int
  private var headersLeft = PacketDecoder.maximumHeaderCount

  @inline(__always)
  init(missing: Int) {
    self.missing = max(0, missing)
  }

  /// Takes headers from the front until one is reached that a walk does not pass: TCP, a fragment, what is not decoded
  /// or never TCP; or any other kind, where there are too many.
  @inline(__always)
  mutating func advance(
    through rest: inout RawSpan, from first: HeaderKind, _ segment: inout Segment
  ) throws(ParseError) -> HeaderKind {
    var kind = first
    while headersLeft > 0 {
      headersLeft &-= 1
      switch kind {
      case .ethernet: kind = try EthernetHeader(parsing: &rest).type.payload
      case .ip: kind = try takeIP(&rest, &segment)
      case .linuxCooked2: kind = try takeCooked2(&rest, &segment)
      case .transport(.tcp), .fragment, .other, .unknown: return kind
      case .transport(let number): kind = try takeTransport(number, &rest, &segment)
      case .linuxCooked, .vlanTag, .loopback, .logicalLink, .ppp, .pppSerial, .pppoe:
        kind = try takeLink(kind, &rest, &segment)
      case .mpls, .gre, .erspan2, .erspan3, .vxlan, .geneve, .gtp:
        kind = try takeTunnel(kind, &rest)
      }
    }
    return kind
  }

  /// Takes the TCP header, with which the walk ends; `offset` is its place in the packet's bytes.
  @inline(__always)
  func takeSegment(
    _ rest: inout RawSpan, at offset: Int, _ segment: inout Segment
  ) throws(ParseError) {
    let end = offset &+ rest.byteCount
    let wireCount = rest.byteCount &+ missing
    let header = try TCPHeader(parsing: &rest)
    let payloadLength = wireCount &- Int(header.headerLength)
    guard payloadLength >= 0 else { throw ParseError(.tcp, .invalid("data offset")) }
    segment.tcp = header
    segment.source.port = header.source
    segment.destination.port = header.destination
    segment.setPayload(end &- rest.byteCount..<end, length: payloadLength)
  }
}
