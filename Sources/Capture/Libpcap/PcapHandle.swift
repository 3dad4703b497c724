import CPcap
import Glibc
import Packets

/// libpcap's own reader of a capture file.
struct PcapHandle: ~Copyable {
  private let handle: OpaquePointer

  /// Takes over a stream that stands at the file's first byte.
  init(reading stream: UnsafeMutablePointer<FILE>) throws(PcapFailure) {
    let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(PCAP_ERRBUF_SIZE))
    defer { message.deallocate() }
    message.initialize(repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    let precision = UInt32(PCAP_TSTAMP_PRECISION_NANO)
    guard let handle = pcap_fopen_offline_with_tstamp_precision(stream, precision, message) else {
      fclose(stream)
      throw PcapFailure(message: String(cString: message))
    }
    self.handle = handle
  }

  deinit { pcap_close(handle) }

  var linkType: LinkType { LinkType(dlt: pcap_datalink(handle)) }

  /// The next packet, valid until the next call; `nil` at the end of the file.
  func next() throws(PcapFailure) -> LoadedPacket? {
    var header: UnsafeMutablePointer<pcap_pkthdr>?
    var data: UnsafePointer<UInt8>?
    switch pcap_next_ex(handle, &header, &data) {
    case 1:
      guard let header = header?.pointee else { return nil }
      // With nanosecond precision, tv_usec holds nanoseconds.
      let time = Int64(header.ts.tv_sec) &* 1_000_000_000 &+ Int64(header.ts.tv_usec)
      return LoadedPacket(
        time: Timestamp(nanoseconds: time), bytes: UnsafeRawBufferPointer(start: data, count: Int(header.caplen)),
        wireLength: Int(header.len), linkType: linkType)
    case PCAP_ERROR_BREAK: return nil
    default: throw PcapFailure(message: String(cString: pcap_geterr(handle)))
    }
  }
}

/// An error of libpcap, in its own words.
struct PcapFailure: Error {
  var message: String

  /// Whether the file ended within a record or header.
  var isCutOff: Bool { message.hasPrefix("truncated") }
}
