import CPcap
import Glibc
import Packets

/// Writes packets of one link type to a pcap file, through libpcap.
///
/// The file is complete once `finish` has returned; a writer that goes away without it leaves what it has written.
package struct PcapWriter: ~Copyable {
  private let path: String
  private let linkType: LinkType
  private let writesNanoseconds: Bool
  private let handle: OpaquePointer
  private let dumper: OpaquePointer
  /// The stream's buffer, where the C library's own is too small.
  private let buffer: UnsafeMutablePointer<CChar>?

  /// Creates a file.
  ///
  /// `timestampDigits` is 6 for microseconds or 9 for nanoseconds. An existing file is an error, `alreadyExists`, unless
  /// `overwriting`. Packets gather in memory until there are `bufferSize` bytes of them; without one, as the C library
  /// likes.
  package init(
    path: String, linkType: LinkType, timestampDigits: Int = 9, overwriting: Bool = false, bufferSize: Int? = nil
  ) throws(CaptureError) {
    let existing = overwriting ? O_TRUNC : O_EXCL
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | existing, 0o666)
    guard descriptor >= 0 else { throw CaptureError(path: path, .init(openingFailed: errno)) }
    guard let stream = fdopen(descriptor, "w") else {
      let code = errno
      close(descriptor)
      throw CaptureError(path: path, .writeFailed(errno: code))
    }
    // Without a buffer of ours, the C library takes no notice of the size.
    let buffer = bufferSize.map { UnsafeMutablePointer<CChar>.allocate(capacity: $0) }
    if let buffer, let bufferSize { setvbuf(stream, buffer, _IOFBF, bufferSize) }
    let precision = timestampDigits > 6 ? PCAP_TSTAMP_PRECISION_NANO : PCAP_TSTAMP_PRECISION_MICRO
    let snapLength: Int32 = 262_144
    guard let handle = pcap_open_dead_with_tstamp_precision(linkType.dlt, snapLength, UInt32(precision)),
      let dumper = pcap_dump_fopen(handle, stream)
    else {
      fclose(stream)
      buffer?.deallocate()
      throw CaptureError(path: path, .writeFailed(errno: ENOMEM))
    }
    self.path = path
    self.buffer = buffer
    self.linkType = linkType
    writesNanoseconds = precision == PCAP_TSTAMP_PRECISION_NANO
    self.handle = handle
    self.dumper = dumper
  }

  deinit {
    pcap_dump_close(dumper)
    pcap_close(handle)
    buffer?.deallocate()
  }

  /// Appends a packet, which must have the file's link type.
  package func write(_ packet: CapturedPacket, _ bytes: RawSpan) throws(CaptureError) {
    guard packet.linkType == linkType else {
      throw CaptureError(path: path, .otherLinkType(packet.linkType, file: linkType))
    }
    var header = pcap_pkthdr()
    header.caplen = UInt32(clamping: bytes.byteCount)
    header.len = UInt32(clamping: max(packet.wireLength, bytes.byteCount))
    let (seconds, fraction) = split(packet.reference.time)
    header.ts.tv_sec = seconds
    header.ts.tv_usec = writesNanoseconds ? fraction : fraction / 1000
    bytes.withUnsafeBytes { buffer in
      pcap_dump(UnsafeMutableRawPointer(dumper).assumingMemoryBound(to: UInt8.self), &header, buffer.baseAddress)
    }
    try check()
  }

  /// Writes out what is still in memory: after that, the file is complete as it stands.
  package func flush() throws(CaptureError) {
    pcap_dump_flush(dumper)
    try check()
  }

  /// Bytes of the file, those in memory included.
  package var size: Int { Int(pcap_dump_ftell64(dumper)) }

  /// Forgets what is still in memory and cuts the file to a size at which a record ended: for a disk that is full.
  package func cut(to size: Int) {
    wstrace_discard_buffer(pcap_dump_file(dumper))
    clearerr(pcap_dump_file(dumper))
    _ = ftruncate(fileno(pcap_dump_file(dumper)), size)
  }

  /// Writes out what is still in memory, and closes the file.
  package consuming func finish() throws(CaptureError) {
    try flush()
  }

  private func check() throws(CaptureError) {
    guard ferror(pcap_dump_file(dumper)) == 0 else { throw CaptureError(path: path, .writeFailed(errno: errno)) }
  }

  /// Whole seconds, rounded down also before 1970, and the nanoseconds above them.
  private func split(_ time: Timestamp) -> (seconds: Int, nanoseconds: Int) {
    let (quotient, remainder) = Int(time.nanoseconds).quotientAndRemainder(dividingBy: 1_000_000_000)
    return remainder < 0 ? (quotient - 1, remainder + 1_000_000_000) : (quotient, remainder)
  }
}
