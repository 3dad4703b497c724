import Bytes

/// Reads pcap and pcapng files through a window, without copying packets.
struct BlockReader: ~Copyable {
  /// The decoder of a pcap file; `nil` where the file is pcapng.
  let pcap: PcapDecoder?
  /// The decoder of a pcapng file, unused where the file is pcap.
  private(set) var pcapng: PcapngDecoder

  private let input: CaptureInput
  private var window: ReadWindow
  private var packetCount = 0
  private var isFinished = false

  /// A reader of a file whose first bytes are in the window.
  init(pcap: PcapDecoder?, input: CaptureInput, window: consuming ReadWindow, limits: CaptureLimits) {
    self.pcap = pcap
    pcapng = PcapngDecoder(limits: limits)
    self.input = input
    self.window = window
    if pcap != nil { self.window.start = PcapDecoder.headerLength }
  }

  /// The next packet, or `nil` at the end and after an error.
  @inline(__always)
  mutating func next() throws(CaptureError) -> LoadedPacket? {
    while !isFinished {
      let filled = window.filled
      if let record = try nextRecord(filled.bytes) {
        packetCount += 1
        return LoadedPacket(
          time: record.time, bytes: UnsafeRawBufferPointer(rebasing: filled[record.data]),
          wireLength: record.wireLength, linkType: record.linkType)
      }
      try fill()
    }
    return nil
  }

  @inline(__always)
  private mutating func nextRecord(_ bytes: RawSpan) throws(CaptureError) -> PacketRecord? {
    do throws(ParseError) {
      if let pcap { return try pcap.next(bytes, from: &window.start) }
      return try pcapng.next(bytes, from: &window.start)
    } catch {
      isFinished = true
      throw CaptureError(path: input.path, .damaged(place, error.reason))
    }
  }

  /// Reads on, or finds that the file ends here and whether it should.
  @inline(never)
  private mutating func fill() throws(CaptureError) {
    do throws(InputFailure) {
      if try window.fill(from: input) { return }
    } catch {
      isFinished = true
      throw input.error(error, at: place)
    }
    isFinished = true
    let hasHeader = pcap != nil || pcapng.hasSection
    guard hasHeader else { throw CaptureError(path: input.path, .headerCutOff) }
    guard window.unread.isEmpty, !input.isCutOff else { throw CaptureError(path: input.path, .cutOff(place)) }
  }

  private var place: CaptureError.Place {
    input.place(record: packetCount + 1, offset: window.streamOffset)
  }
}
