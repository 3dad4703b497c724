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
  @inlinable
  package var packet: CapturedPacket { current }

  // Checks of exclusive access at run time would cost as much per packet as all the rest. They can find nothing here: no
  // method of the class is entered while `advance` runs.

  /// The first packet that passed the filter; `nil` before it was read.
  @exclusivity(unchecked) package private(set) var firstPacket: PacketReference?

  /// What was read so far.
  @exclusivity(unchecked) package private(set) var counts = Counts()
  @exclusivity(unchecked) @usableFromInline var current: CapturedPacket
  @exclusivity(unchecked) @usableFromInline var bytes = UnsafeRawBufferPointer(start: nil, count: 0)
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
    let origin = PacketReference(capture: index, number: 0, time: Timestamp(nanoseconds: 0))
    current = CapturedPacket(
      reference: origin, capturedLength: 0, wireLength: 0, linkType: LinkType(rawValue: 0))
    switch options.engine {
    case .libpcap: libpcap = try opening.libpcapReader()
    case .automatic where opening.needsLibpcap: libpcap = try opening.libpcapReader()
    case .automatic: blocks = opening.blockReader()
    }
    if let only = linkTypes.first { try filters?.prepare(for: only) }
  }

  /// Loads the next packet that passes the filter; `false` at the end of the file, and again after an error.
  package func advance() throws(CaptureError) -> Bool {
    while let loaded = try load() {
      counts.packets &+= 1
      counts.bytes &+= loaded.bytes.count
      if loaded.bytes.count < loaded.wireLength { counts.truncated &+= 1 }
      guard try passes(loaded) else {
        counts.rejected &+= 1
        continue
      }
      bytes = loaded.bytes
      current = CapturedPacket(
        reference: PacketReference(capture: index, number: counts.packets, time: loaded.time),
        capturedLength: loaded.bytes.count, wireLength: loaded.wireLength, linkType: loaded.linkType)
      if firstPacket == nil { firstPacket = current.reference }
      return true
    }
    bytes = UnsafeRawBufferPointer(start: nil, count: 0)
    return false
  }

  @inline(__always)
  private func passes(_ packet: LoadedPacket) throws(CaptureError) -> Bool {
    guard let filters else { return true }
    do throws(CaptureError) {
      return try filters.matches(packet)
    } catch {
      isFilterUnusable = true
      throw error
    }
  }

  @inline(__always)
  private func load() throws(CaptureError) -> LoadedPacket? {
    guard !isFilterUnusable else { return nil }
    if blocks != nil { return try blocks?.next() }
    return try libpcap?.next()
  }

  /// Lends the current packet's bytes out for the time of a call.
  @inlinable
  package func withBytes<Result, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(bytes.bytes)
  }
}

// MARK: Facts about the file

extension CaptureFile {
  /// The time from the first packet to the current one, which is the last at the end.
  package var duration: Interval { firstPacket.map { current.reference.time - $0.time } ?? .zero }

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

  /// How the file is compressed, if it is.
  package var compression: Compression? { input.compression }
}
