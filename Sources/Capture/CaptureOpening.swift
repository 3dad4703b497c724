/// The first bytes of a file, from which its format and reader follow.
struct CaptureOpening: ~Copyable {
  private let input: CaptureInput
  private let limits: CaptureLimits
  private var window: ReadWindow
  private var pcap: PcapDecoder?
  /// Whether the block reader does not know this variant of the format.
  private(set) var needsLibpcap = false

  init(input: CaptureInput, limits: CaptureLimits) {
    self.input = input
    self.limits = limits
    window = ReadWindow(capacity: limits.readSize)
  }

  /// Reads as many bytes as it takes to tell the format.
  mutating func readHeader() throws(CaptureError) -> CaptureFormat {
    try fill(to: CaptureFormat.magicLength)
    let start = window.unread
    guard !start.isEmpty || input.isCutOff else { throw CaptureError(path: input.path, .empty) }
    guard let format = CaptureFormat(detectedIn: start.bytes) else {
      let isCutOff = input.isCutOff
      throw CaptureError(path: input.path, isCutOff ? .headerCutOff : .notACapture(start: [UInt8](start.prefix(4))))
    }
    let headerLength = format == .pcap ? PcapDecoder.headerLength : PcapngDecoder.shortestSection
    try fill(to: headerLength)
    guard window.unread.count >= headerLength else { throw CaptureError(path: input.path, .headerCutOff) }
    if format == .pcap {
      pcap = PcapDecoder(parsing: window.unread.bytes, limits: limits)
      needsLibpcap = pcap == nil
    }
    return format
  }

  /// Hands the bytes over to the block reader.
  consuming func blockReader() -> BlockReader {
    BlockReader(pcap: pcap, input: input, window: window, limits: limits)
  }

  /// Hands the bytes over to libpcap.
  consuming func libpcapReader() throws(CaptureError) -> LibpcapReader {
    try LibpcapReader(first: [UInt8](window.unread), input: input)
  }

  private mutating func fill(to count: Int) throws(CaptureError) {
    do throws(InputFailure) {
      while window.unread.count < count {
        guard try window.fill(from: input) else { return }
      }
    } catch {
      throw input.error(error, at: input.place(record: 1, offset: window.unread.count))
    }
  }
}
