import Bytes
import Packets

/// The records of a pcap file (draft-ietf-opsawg-pcap), of either byte order, with micro- or nanoseconds.
struct PcapDecoder {
  let linkType: LinkType
  /// Fractional digits of the time stamps: 6 or 9.
  let timestampDigits: Int
  private let order: FieldOrder
  private let nanosecondsPerUnit: Int64
  private let longestPacket: Int

  static let headerLength = 24
  private static let recordHeaderLength = 16

  /// Parses the file header (section 4); `nil` for variants and versions that are left to libpcap.
  init?(parsing header: RawSpan, limits: CaptureLimits) {
    let magic = header.nativeUInt32(at: 0)
    let isSwapped = PcapMagic(rawValue: magic) == nil
    let order = FieldOrder(isSwapped: isSwapped)
    switch PcapMagic(rawValue: isSwapped ? magic.byteSwapped : magic) {
    case .microseconds: timestampDigits = 6
    case .nanoseconds: timestampDigits = 9
    case .modified, .navtel, nil: return nil
    }
    guard order.uint16(header, at: 4) == 2, order.uint16(header, at: 6) == 4 else { return nil }
    self.order = order
    nanosecondsPerUnit = timestampDigits == 9 ? 1 : 1000
    linkType = LinkType(fileValue: order.uint32(header, at: 20))
    longestPacket = limits.packetLength
  }

  /// The next record (section 5), or `nil` where it is not wholly there: then `offset` stays at its start.
  ///
  /// The file's snap length is not believed, neither to allocate nor to cut packets that are longer.
  @inline(__always)
  func next(_ bytes: RawSpan, from offset: inout Int) throws(ParseError) -> PacketRecord? {
    let available = bytes.byteCount - offset - Self.recordHeaderLength
    guard available >= 0 else { return nil }
    let captured = Int(order.uint32(bytes, at: offset + 8))
    guard captured <= longestPacket else { throw ParseError(.capture, .limit("packet's length", captured)) }
    guard captured <= available else { return nil }
    let start = offset + Self.recordHeaderLength
    let seconds = Int64(order.uint32(bytes, at: offset))
    let fraction = Int64(order.uint32(bytes, at: offset + 4))
    let wireLength = Int(order.uint32(bytes, at: offset + 12))
    offset = start + captured
    return PacketRecord(
      time: Timestamp(nanoseconds: seconds &* 1_000_000_000 &+ fraction &* nanosecondsPerUnit),
      data: start..<offset, wireLength: wireLength, linkType: linkType)
  }
}
