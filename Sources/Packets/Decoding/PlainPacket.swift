import Bytes

/// The layout that most packets have: Ethernet or a Linux cooked header, IPv4 without options, TCP, and nothing else.
///
/// Here their headers are read in one go after one check of the length; anything else, and whatever is wrong with these,
/// is left to ``HeaderWalk``, which says what it is.
enum PlainPacket {
  /// Where TCP's header begins, from IPv4's.
  private static let tcp = IPv4Header.minimumByteCount
  /// Where TCP's options begin, from IPv4's header.
  private static let options = tcp + TCPHeader.minimumByteCount

  /// Takes a packet of this layout; false for any other, and then the segment means nothing.
  @inline(__always)
  static func take(_ frame: RawSpan, _ linkType: LinkType, _ segment: inout Segment) -> Bool {
    switch linkType.rawValue {
    case LinkType.ethernet.rawValue:
      return take(frame, typeAt: EthernetHeader.byteCount - 2, internetAt: EthernetHeader.byteCount, &segment)
    case LinkType.linuxSLL2.rawValue:
      guard take(frame, typeAt: 0, internetAt: LinuxCookedHeader2.byteCount, &segment) else { return false }
      segment.interfaceIndex = frame.uncheckedUInt32(at: 4)
      segment.packetType = PacketType(rawValue: frame.uncheckedByte(at: 10))
      return true
    default: return false
    }
  }

  /// Takes a packet whose link header has the EtherType and ends at given places.
  @inline(__always)
  private static func take(
    _ frame: RawSpan, typeAt type: Int, internetAt ip: Int, _ segment: inout Segment
  ) -> Bool {
    guard isPlain(frame, typeAt: type, internetAt: ip) else { return false }
    let tcp = ip &+ tcp
    // The IP header tells where the packet ends on the wire; the frame may end before (snap length) or behind (padding).
    let wireEnd = ip &+ Int(frame.uncheckedUInt16(at: ip &+ 2))
    let end = min(wireEnd, frame.byteCount)
    let offsetAndFlags = frame.uncheckedUInt16(at: tcp &+ 12)
    let headerLength = Int(offsetAndFlags >> 12) &* 4
    let start = tcp &+ headerLength
    guard headerLength >= TCPHeader.minimumByteCount, start <= end else { return false }
    (segment.source, segment.destination) = endpoints(frame, internetAt: ip)
    segment.timeToLive = frame.uncheckedByte(at: ip &+ 8)
    segment.ipIdentification = UInt32(frame.uncheckedUInt16(at: ip &+ 4))
    segment.hasIPIdentification = true
    segment.tcp = TCPHeader(
      source: segment.source.port, destination: segment.destination.port,
      sequence: SequenceNumber(frame.uncheckedUInt32(at: tcp &+ 4)),
      acknowledgement: SequenceNumber(frame.uncheckedUInt32(at: tcp &+ 8)),
      flags: TCPFlags(rawValue: offsetAndFlags & 0x01ff), window: frame.uncheckedUInt16(at: tcp &+ 14),
      options: TCPOptions.read(from: frame, in: ip &+ options..<start),
      headerLength: UInt8(truncatingIfNeeded: headerLength))
    segment.tcp.urgentPointer = frame.uncheckedUInt16(at: tcp &+ 18)
    segment.setPayload(from: start, to: end, wireEnd: wireEnd)
    return true
  }

  /// Whether IPv4 without options and TCP follow a link header, both with all that they have at least.
  @inline(__always)
  private static func isPlain(_ frame: RawSpan, typeAt type: Int, internetAt ip: Int) -> Bool {
    frame.byteCount >= ip &+ options && frame.uncheckedUInt16(at: type) == EtherType.ipv4.rawValue
      && frame.uncheckedByte(at: ip) == 0x45 && frame.uncheckedByte(at: ip &+ 9) == IPProtocol.tcp.rawValue
      && frame.uncheckedUInt16(at: ip &+ 6) & 0x3fff == 0
  }

  @inline(__always)
  private static func endpoints(
    _ frame: RawSpan, internetAt ip: Int
  ) -> (source: Endpoint, destination: Endpoint) {
    (
      Endpoint(
        address: IPAddress(ipv4: frame.uncheckedUInt32(at: ip &+ 12)), port: frame.uncheckedUInt16(at: ip &+ tcp)),
      Endpoint(
        address: IPAddress(ipv4: frame.uncheckedUInt32(at: ip &+ 16)), port: frame.uncheckedUInt16(at: ip &+ tcp &+ 2))
    )
  }
}
