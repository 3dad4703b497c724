import Packets

/// One TCP packet, with every header field at hand and all lengths and checksums made right.
///
/// Set what a test is about and leave the rest; `bytes` is the packet as a capture has it, link header first.
/// A wrong length or checksum is made by changing the bytes afterwards (`offsets` says where they are).
package struct PacketBuilder: Hashable, Sendable {
  package var source: Endpoint
  package var destination: Endpoint
  package var link: LinkFraming = .ethernet
  /// IPv4 identification; IPv6 has none.
  package var identification: UInt16 = 1
  /// Time to live, or hop limit.
  package var timeToLive: UInt8 = 64
  /// The IPv4 header's options, padded to a multiple of four bytes.
  package var ipOptions: [UInt8] = []
  package var sequence: UInt32 = 0
  package var acknowledgement: UInt32 = 0
  package var flags: SegmentFlags = .ack
  /// The window field, unscaled.
  package var window: UInt16 = 502
  package var options: [SegmentOption] = []
  package var payload: [UInt8] = []

  package init(from source: Endpoint, to destination: Endpoint) {
    self.source = source
    self.destination = destination
  }

  /// The sequence number after this segment: SYN and FIN count as one byte each.
  package var nextSequence: UInt32 {
    sequence &+ UInt32(payload.count) &+ (flags.contains(.syn) ? 1 : 0) &+ (flags.contains(.fin) ? 1 : 0)
  }

  private var isIPv4: Bool { source.address.isIPv4 && destination.address.isIPv4 }

  /// The packet, from its link header to the end of its payload.
  package var bytes: [UInt8] {
    let segment = tcpBytes
    return link.header(etherType: isIPv4 ? 0x0800 : 0x86dd) + ipHeader(payloadLength: segment.count) + segment
  }

  /// Where the IP header, the TCP header and the TCP payload begin in `bytes`.
  package var offsets: (ip: Int, tcp: Int, payload: Int) {
    let ip = link.header(etherType: 0).count
    let tcp = ip + ipHeader(payloadLength: 0).count
    return (ip, tcp, tcp + 20 + paddedOptions.count)
  }

  /// The IP header alone, for a payload of a length in bytes.
  package func ipHeader(payloadLength: Int) -> [UInt8] {
    var header: [UInt8] = []
    guard isIPv4 else {
      header.append(uint32: 6 << 28)
      header.append(uint16: UInt16(clamping: payloadLength))
      header += [6, timeToLive]
      header += IPAddressBytes.sixteen(of: source.address) + IPAddressBytes.sixteen(of: destination.address)
      return header
    }
    let padded = ipOptions + [UInt8](repeating: 0, count: (4 - ipOptions.count % 4) % 4)
    let length = 20 + padded.count
    header += [0x40 | UInt8(length / 4), 0]
    header.append(uint16: UInt16(clamping: length + payloadLength))
    header.append(uint16: identification)
    header.append(uint16: 0x4000)
    header += [timeToLive, 6, 0, 0] + source.address.wireBytes + destination.address.wireBytes + padded
    var checksum = InternetChecksum()
    checksum.add(header)
    header[10] = UInt8(checksum.value >> 8)
    header[11] = UInt8(checksum.value & 0xff)
    return header
  }

  private var paddedOptions: [UInt8] {
    let bytes = options.flatMap(\.bytes)
    return bytes + [UInt8](repeating: 1, count: (4 - bytes.count % 4) % 4)
  }

  /// The TCP header and payload, checksum included.
  package var tcpBytes: [UInt8] {
    var segment: [UInt8] = []
    let options = paddedOptions
    segment.append(uint16: source.port)
    segment.append(uint16: destination.port)
    segment.append(uint32: sequence)
    segment.append(uint32: acknowledgement)
    segment += [UInt8((20 + options.count) / 4) << 4, flags.rawValue]
    segment.append(uint16: window)
    segment += [0, 0, 0, 0] + options + payload
    let sum = checksum(of: segment)
    segment[16] = UInt8(sum >> 8)
    segment[17] = UInt8(sum & 0xff)
    return segment
  }

  /// The checksum over the pseudo-header (RFC 9293 section 3.1, RFC 8200 section 8.1) and the segment.
  private func checksum(of segment: [UInt8]) -> UInt16 {
    var pseudoHeader = isIPv4 ? source.address.wireBytes : IPAddressBytes.sixteen(of: source.address)
    pseudoHeader += isIPv4 ? destination.address.wireBytes : IPAddressBytes.sixteen(of: destination.address)
    pseudoHeader.append(uint32: UInt32(segment.count))
    pseudoHeader.append(uint32: 6)
    var checksum = InternetChecksum()
    checksum.add(pseudoHeader)
    checksum.add(segment)
    return checksum.value
  }
}

/// The form of an address in an IPv6 header, IPv4 ones mapped.
private enum IPAddressBytes {
  static func sixteen(of address: IPAddress) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(uint64: address.high)
    bytes.append(uint64: address.low)
    return bytes
  }
}
