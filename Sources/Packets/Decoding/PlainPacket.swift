import Bytes

/// The layout that most packets have: Ethernet, IPv4 without options, TCP, and nothing else.
///
/// Here their headers are read in one go after one check of the length; anything else, and whatever is wrong with these,
/// is left to ``HeaderWalk``, which says what it is.
enum PlainPacket {
  /// Where IPv4's header begins, behind Ethernet's.
  private static let ip = EthernetHeader.byteCount
  /// Where TCP's header begins.
  private static let tcp = ip + IPv4Header.minimumByteCount
  /// Where TCP's options begin.
  private static let options = tcp + TCPHeader.minimumByteCount

  /// Takes a packet of this layout; false for any other, and then the segment means nothing.
  @inline(__always)
  static func take(_ frame: RawSpan, _ segment: inout Segment) -> Bool {
    guard frame.byteCount >= options, frame.uncheckedUInt16(at: ip - 2) == EtherType.ipv4.rawValue,
      frame.uncheckedByte(at: ip) == 0x45, frame.uncheckedByte(at: ip + 9) == IPProtocol.tcp.rawValue,
      frame.uncheckedUInt16(at: ip + 6) & 0x3fff == 0
    else { return false }
    // The IP header tells where the packet ends on the wire; the frame may end before (snap length) or behind (padding).
    let wireEnd = ip &+ Int(frame.uncheckedUInt16(at: ip + 2))
    let end = min(wireEnd, frame.byteCount)
    let offsetAndFlags = frame.uncheckedUInt16(at: tcp + 12)
    let headerLength = Int(offsetAndFlags >> 12) &* 4
    let start = tcp &+ headerLength
    guard headerLength >= TCPHeader.minimumByteCount, start <= end else { return false }
    segment.source = Endpoint(
      address: IPAddress(ipv4: frame.uncheckedUInt32(at: ip + 12)), port: frame.uncheckedUInt16(at: tcp))
    segment.destination = Endpoint(
      address: IPAddress(ipv4: frame.uncheckedUInt32(at: ip + 16)), port: frame.uncheckedUInt16(at: tcp + 2))
    segment.timeToLive = frame.uncheckedByte(at: ip + 8)
    segment.ipIdentification = UInt32(frame.uncheckedUInt16(at: ip + 4))
    segment.hasIPIdentification = true
    segment.tcp = TCPHeader(
      source: segment.source.port, destination: segment.destination.port,
      sequence: SequenceNumber(frame.uncheckedUInt32(at: tcp + 4)),
      acknowledgement: SequenceNumber(frame.uncheckedUInt32(at: tcp + 8)),
      flags: TCPFlags(rawValue: offsetAndFlags & 0x01ff), window: frame.uncheckedUInt16(at: tcp + 14),
      options: TCPOptions.read(from: frame, in: options..<start), headerLength: UInt8(truncatingIfNeeded: headerLength))
    segment.tcp.urgentPointer = frame.uncheckedUInt16(at: tcp + 18)
    segment.setPayload(from: start, to: end, wireEnd: wireEnd)
    return true
  }
}
