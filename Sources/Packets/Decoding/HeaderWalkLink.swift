import Bytes

/// The steps of a walk through what stands outside of IP.
extension HeaderWalk {
  @inline(__always)
  func takeCooked2(
    _ rest: inout RawSpan, _ segment: inout Segment
  ) throws(ParseError) -> HeaderKind {
    let header = try LinuxCookedHeader2(parsing: &rest)
    segment.interfaceIndex = header.interfaceIndex
    segment.packetType = header.packetType
    return header.type.payload
  }

  func takeLink(
    _ kind: HeaderKind, _ rest: inout RawSpan, _ segment: inout Segment
  ) throws(ParseError) -> HeaderKind {
    switch kind {
    case .linuxCooked:
      let header = try LinuxCookedHeader(parsing: &rest)
      segment.packetType = header.packetType
      return header.type.payload
    case .vlanTag:
      let tag = try VLANTag(parsing: &rest)
      segment.vlans.push(tag.identifier)
      return tag.type.payload
    case .loopback: return try LoopbackHeader(parsing: &rest).payload
    case .logicalLink: return try LogicalLinkHeader(parsing: &rest).payload
    case .pppoe: return try PPPoEHeader(parsing: &rest).payload
    case .ppp: return try PPPHeader(parsing: &rest).payload
    case .pppSerial: return try PPPSerialHeader(parsing: &rest).payload
    default: return .other
    }
  }
}
