import Bytes
import Packets

/// Puts other payload into a captured packet.
package enum SegmentRewriting {
  /// The packet with its payload replaced byte for byte; headers stay, and what follows the payload becomes zero.
  ///
  /// The TCP checksum is moved along (RFC 1624): a right one stays right, and one that the network card was still to fill
  /// in stays as it was off.
  ///
  /// - Parameters:
  ///   - packet: the captured bytes.
  ///   - segment: what was decoded of them.
  ///   - payload: as many bytes as the segment's captured payload has.
  /// - Returns: the packet's bytes.
  package static func replacing(_ packet: RawSpan, _ segment: Segment, payload: [UInt8]) -> [UInt8] {
    var bytes = packet.copy()
    let range = segment.payload
    let header = range.lowerBound - Int(segment.tcp.headerLength)
    guard header >= 0, range.upperBound <= bytes.count, payload.count == range.count else { return [] }
    let before = Checksum.sum(bytes[range], isOdd: segment.tcp.headerLength % 2 == 1)
    for index in payload.indices { bytes[range.lowerBound + index] = payload[index] }
    let after = Checksum.sum(bytes[range], isOdd: segment.tcp.headerLength % 2 == 1)
    let old = UInt16(bytes[header + 16]) << 8 | UInt16(bytes[header + 17])
    let new = Checksum.updated(old, from: before, to: after)
    (bytes[header + 16], bytes[header + 17]) = (UInt8(new >> 8), UInt8(truncatingIfNeeded: new))
    for index in range.upperBound..<bytes.count { bytes[index] = 0 }
    return bytes
  }

  /// The segment in a new IP packet between other addresses, for a capture of raw IP: nothing of the old one's link layer
  /// and tunnels remains.
  ///
  /// `missing` is how many bytes of the payload a snap length cut off.
  package static func raw(
    _ packet: RawSpan, _ segment: Segment, payload: [UInt8], disguise: AddressDisguise, missing: Int
  ) -> [UInt8] {
    let range = segment.payload
    let header = range.lowerBound - Int(segment.tcp.headerLength)
    guard header >= 0, range.upperBound <= packet.byteCount else { return [] }
    var tcp = packet.copy(header..<range.lowerBound)
    (tcp[16], tcp[17]) = (0, 0)
    let source = disguise.disguise(segment.source.address)
    let destination = disguise.disguise(segment.destination.address)
    let length = tcp.count + payload.count + missing
    let pseudo = addressBytes(source) + addressBytes(destination) + [0, 6] + big(UInt16(truncatingIfNeeded: length))
    let sum = Checksum.complement(Checksum.sum((pseudo + tcp + payload)[...], isOdd: false))
    (tcp[16], tcp[17]) = (UInt8(sum >> 8), UInt8(truncatingIfNeeded: sum))
    return ipHeader(source, destination, segment, length: length) + tcp + payload
  }

  private static func ipHeader(
    _ source: IPAddress, _ destination: IPAddress, _ segment: Segment, length: Int
  ) -> [UInt8] {
    guard source.isIPv4, destination.isIPv4 else {
      return [0x60, 0, 0, 0] + big(UInt16(truncatingIfNeeded: length)) + [6, segment.timeToLive]
        + AddressDisguise.bytes(source) + AddressDisguise.bytes(destination)
    }
    var header: [UInt8] = [0x45, 0] + big(UInt16(truncatingIfNeeded: length + 20))
    header += big(UInt16(truncatingIfNeeded: segment.ipIdentification)) + [0x40, 0, segment.timeToLive, 6, 0, 0]
    header += addressBytes(source) + addressBytes(destination)
    let sum = Checksum.complement(Checksum.sum(header[...], isOdd: false))
    (header[10], header[11]) = (UInt8(sum >> 8), UInt8(truncatingIfNeeded: sum))
    return header
  }

  private static func addressBytes(_ address: IPAddress) -> [UInt8] {
    let bytes = AddressDisguise.bytes(address)
    return address.isIPv4 ? Array(bytes.suffix(4)) : bytes
  }

  private static func big(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)] }
}

/// The Internet checksum (RFC 1071), and its change with a part of what it covers (RFC 1624).
enum Checksum {
  /// The one's complement sum of 16-bit words; `isOdd` where the bytes begin in the middle of a word.
  static func sum(_ bytes: ArraySlice<UInt8>, isOdd: Bool) -> UInt16 {
    var sum: UInt32 = 0
    var isHigh = !isOdd
    for byte in bytes {
      sum += isHigh ? UInt32(byte) << 8 : UInt32(byte)
      if sum > 0xffff { sum = (sum & 0xffff) + (sum >> 16) }
      isHigh.toggle()
    }
    return UInt16(truncatingIfNeeded: sum)
  }

  static func complement(_ sum: UInt16) -> UInt16 { ~sum }

  /// `HC' = ~(~HC + ~m + m')`, equation 3.
  static func updated(_ checksum: UInt16, from old: UInt16, to new: UInt16) -> UInt16 {
    var sum = UInt32(~checksum) + UInt32(~old) + UInt32(new)
    while sum > 0xffff { sum = (sum & 0xffff) + (sum >> 16) }
    return ~UInt16(truncatingIfNeeded: sum)
  }
}
