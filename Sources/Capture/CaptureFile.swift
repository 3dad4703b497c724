import Packets

/// A capture file that is being read, one packet after the other.
///
/// A file is read as a stream, compressed or not, so standard input and pipes do as well; memory does not depend on the
/// file's size. The reader borrows each packet's bytes out until it goes on to the next one.
package final class CaptureFile {
  /// The path as it was given; `-` is standard input.
  package let path: String
  /// The capture's index in `PacketReference`.
  package let index: Int
  package let format: CaptureFormat

  /// The current packet; of no meaning before `advance` has returned `true`.
  package var packet: CapturedPacket { storage[cursor].packet }

  // Checks of exclusive access at run time would cost as much per packet as all the rest. They can find nothing here: no
  // method of the class is entered while `advance` runs.

  /// The first packet that passed the filter; `nil` before it was read.
  @exclusivity(unchecked) package private(set) var firstPacket: PacketReference?

  /// What was read so far.
  @exclusivity(unchecked) package private(set) var counts = Counts()
  /// The packets that were read and passed the filter, and the current one among them.
  private let storage = UnsafeMutableBufferPointer<PacketRun.Entry>.allocate(capacity: PacketRun.capacity)
  @exclusivity(unchecked) private var loaded = 0
  @exclusivity(unchecked) private var cursor = 0
  @exclusivity(unchecked) private var latest = Timestamp(nanoseconds: 0)
  /// What ends the file behind the packets that were read.
  @exclusivity(unchecked) private var failure: CaptureError?
  @exclusivity(unchecked) private var blocks: BlockReader?
  @exclusivity(unchecked) private var libpcap: LibpcapReader?
  private let input: CaptureInput
  private let filters: FilterSet?
  @exclusivity(unchecked) private var isFilterUnusable = false

  /// Sums over the packets that were read, those that a filter rejected included.
  package struct Counts: Equatable, Sendable {
    package var packets = 0
    /// Captured bytes.
    package var bytes = 0
    /// Packets of which bytes are missing from the capture.
    package var truncated = 0
    /// Packets that the filter rejected.
    package var rejected = 0
  }

  /// Opens a file and reads its header, but no packet.
  ///
  /// Throws where the file can't be opened or is no capture, and where the filter can't be used for its link type (in
  /// pcapng files, `advance` finds that).
  package init(path: String, index: Int, options: ReaderOptions = ReaderOptions()) throws(CaptureError) {
    let input = try CaptureInput(opening: path)
    var opening = CaptureOpening(input: input, limits: options.limits)
    format = try opening.readHeader()
    self.path = path
    self.index = index
    self.input = input
    filters = options.filter.map { FilterSet($0, path: path) }
    switch options.engine {
    case .libpcap: libpcap = try opening.libpcapReader()
    case .automatic where opening.needsLibpcap: libpcap = try opening.libpcapReader()
    case .automatic: blocks = opening.blockReader()
    }
    if let only = linkTypes.first { try filters?.prepare(for: only) }
  }

  deinit { storage.deallocate() }

  /// Loads the next packet that passes the filter; `false` at the end of the file, and again after an error.
  package func advance() throws(CaptureError) -> Bool {
    cursor += 1
    if cursor < loaded { return true }
    return try load()
  }

  /// The packets that are next in memory, read from the file where there are none; `nil` at its end, and after an error.
  ///
  /// `advance` goes on behind them.
  package func nextRun() throws(CaptureError) -> PacketRun? {
    var start = cursor + 1
    if start >= loaded {
      guard try load() else { return nil }
      start = 0
    }
    cursor = loaded - 1
    return PacketRun(packets: UnsafeBufferPointer(rebasing: UnsafeBufferPointer(storage)[start..<loaded]))
  }

  /// Lends the current packet's bytes out for the time of a call.
  package func withBytes<Result, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard cursor < loaded else { return try body([UInt8]().span.bytes) }
    let entry = storage[cursor]
    return try body(UnsafeRawBufferPointer(start: entry.start, count: entry.packet.capturedLength).bytes)
  }
}

// MARK: Reading ahead

extension CaptureFile {
  /// Reads the packets that are next in memory, at least one that passes the filter; `false` where there is none.
  private func load() throws(CaptureError) -> Bool {
    (loaded, cursor) = (0, 0)
    while loaded == 0 {
      if let failure {
        self.failure = nil
        throw failure
      }
      guard !isFilterUnusable else { return false }
      loaded = try read()
      guard loaded > 0 else { return false }
      count()
      if filters != nil { filter() }
    }
    if firstPacket == nil { firstPacket = storage[0].packet.reference }
    latest = storage[loaded - 1].packet.reference.time
    return true
  }

  private func read() throws(CaptureError) -> Int {
    if let count = try blocks?.read(into: storage, capture: index) { return count }
    // libpcap's memory holds one packet only.
    guard let packet = try libpcap?.next() else { return 0 }
    storage[0] = PacketRun.Entry(
      packet: CapturedPacket(
        reference: PacketReference(capture: index, number: counts.packets + 1, time: packet.time),
        capturedLength: packet.bytes.count, wireLength: packet.wireLength, linkType: packet.linkType),
      start: packet.bytes.baseAddress)
    return 1
  }

  private func count() {
    counts.packets &+= loaded
    for entry in storage[..<loaded] {
      counts.bytes &+= entry.packet.capturedLength
      if entry.packet.isTruncated { counts.truncated &+= 1 }
    }
  }

  /// Keeps the packets that pass the filter; those before one that the filter can't judge are read before that is told.
  private func filter() {
    var kept = 0
    do throws(CaptureError) {
      for index in 0..<loaded {
        let entry = storage[index]
        guard try filters?.matches(entry) ?? true else {
          counts.rejected &+= 1
          continue
        }
        storage[kept] = entry
        kept += 1
      }
    } catch {
      isFilterUnusable = true
      failure = error
    }
    loaded = kept
  }
}

// MARK: Facts about the file

extension CaptureFile {
  /// The time from the first packet to the current one, which is the last at the end.
  package var duration: Interval { firstPacket.map { latest - $0.time } ?? .zero }

  /// The link types of the file's interfaces, in order of appearance; of a pcapng file, those read so far.
  package var linkTypes: [LinkType] {
    if let only = blocks?.pcap?.linkType ?? libpcap?.linkType { return [only] }
    return blocks?.pcapng.linkTypes ?? []
  }

  /// Fractional digits of the file's time stamps: 6, or 9 where they are finer than microseconds.
  package var timestampDigits: Int {
    blocks?.pcap?.timestampDigits ?? libpcap?.timestampDigits ?? blocks?.pcapng.timestampDigits ?? 6
  }

  /// Packets that a pcapng file says were dropped while it was captured, as read so far; 0 for pcap, which cannot tell.
  package var dropped: Int { blocks?.pcapng.dropped ?? 0 }

  /// What a pcapng file's sections and interfaces have as comments, as read so far.
  package var comments: [String] { blocks?.pcapng.comments ?? [] }

  /// The names of a pcapng file's interfaces, as read so far.
  package var interfaceNames: [String] { blocks?.pcapng.interfaceNames ?? [] }

  /// Bytes read so far of the file as it is stored, for progress.
  package var position: Int { input.position }

  /// The size of the file as it is stored; `nil` for a pipe.
  package var totalBytes: Int? { input.storedSize }

  /// Whether the file can be opened a second time: standard input and pipes can't.
  package var isRereadable: Bool { path != "-" && totalBytes != nil }

  /// How the file is compressed, if it is.
  package var compression: Compression? { input.compression }
}
