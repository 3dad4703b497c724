import Bytes
import Packets

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

  /// Reads the packets that are next, as many as are in memory and have room; none at the end and after an error.
  ///
  /// They stay in memory until the next call. An error comes when those before it have been read.
  mutating func read(
    into entries: UnsafeMutableBufferPointer<PacketRun.Entry>, capture: Int
  ) throws(CaptureError) -> Int {
    while !isFinished {
      let filled = window.filled
      var count = 0
      do throws(ParseError) {
        if let pcap {
          try read(pcap, filled, capture, entries, &count)
        } else {
          while count < entries.count, let record = try pcapng.next(filled.bytes, from: &window.start) {
            keep(record, filled, capture, entries, &count)
          }
        }
      } catch {
        // Told when it is met again, without packets before it.
        guard count == 0 else { return count }
        isFinished = true
        throw CaptureError(path: input.path, .damaged(place, error.reason))
      }
      if count > 0 { return count }
      try fill()
    }
    return 0
  }

  private mutating func read(
    _ pcap: PcapDecoder, _ filled: UnsafeRawBufferPointer, _ capture: Int,
    _ entries: UnsafeMutableBufferPointer<PacketRun.Entry>, _ count: inout Int
  ) throws(ParseError) {
    var start = window.start
    // Also where a record is damaged: those before it are read.
    defer { window.start = start }
    while count < entries.count, let record = try pcap.next(filled.bytes, from: &start) {
      keep(record, filled, capture, entries, &count)
    }
  }

  @inline(__always)
  private mutating func keep(
    _ record: PacketRecord, _ filled: UnsafeRawBufferPointer, _ capture: Int,
    _ entries: UnsafeMutableBufferPointer<PacketRun.Entry>, _ count: inout Int
  ) {
    packetCount &+= 1
    let packet = CapturedPacket(
      reference: PacketReference(capture: capture, number: packetCount, time: record.time),
      capturedLength: record.data.count, wireLength: record.wireLength, linkType: record.linkType)
    let start = filled.baseAddress.map { $0 + record.data.lowerBound }
    (entries.baseAddress.unsafelyUnwrapped + count).initialize(to: PacketRun.Entry(packet: packet, start: start))
    count &+= 1
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
