import Capture
import Packets

/// The newest packets in memory: as many as fit into a number of bytes, and no older than they may be.
package struct PacketMemory: Sendable {
  private struct Entry {
    var packet: CapturedPacket
    var start: Int
  }

  /// Bytes that a packet is taken for at least, which bounds how many there are: half a million in 64 MiB.
  private static let leastBytes = 128

  private let capacity: Int
  private let age: Interval
  /// The most packets that are held.
  private let most: Int
  private var bytes: [UInt8]
  /// Where the next packet's bytes go.
  private var end = 0
  private var entries: [Entry] = []
  /// Entries before this one were given up.
  private var oldest = 0
  /// Bytes of the packets that are there.
  package private(set) var byteCount = 0

  /// - Parameters:
  ///   - capacity: bytes of packets at most.
  ///   - age: how old a packet may be, by the newest one.
  package init(capacity: Int, age: Interval) {
    self.capacity = capacity
    self.age = age
    most = max(capacity / PacketMemory.leastBytes, 1)
    // What was never written to takes no memory yet.
    bytes = [UInt8](unsafeUninitializedCapacity: capacity) { $1 = capacity }
  }

  /// The packets that are there.
  package var count: Int { entries.count - oldest }

  /// Takes a packet; the oldest ones make room.
  package mutating func append(_ packet: CapturedPacket, _ span: RawSpan) {
    let length = span.byteCount
    guard length <= capacity else { return }
    forget(olderThan: packet.reference.time + Interval(nanoseconds: -age.nanoseconds))
    // A packet's bytes stay together: what is left behind the last one is skipped.
    if end + length > capacity {
      while oldest < entries.count, entries[oldest].start >= end { forgetOldest() }
      end = 0
    }
    while oldest < entries.count, count >= most || overlaps(entries[oldest], end..<end + length) { forgetOldest() }
    span.withUnsafeBytes { source in
      bytes.withUnsafeMutableBytes { target in
        target.baseAddress.map {
          UnsafeMutableRawBufferPointer(start: $0 + end, count: length).copyMemory(from: source)
        }
      }
    }
    entries.append(Entry(packet: packet, start: end))
    end += length
    byteCount += length
    if oldest > 4096, oldest > entries.count / 2 {
      entries.removeFirst(oldest)
      oldest = 0
    }
  }

  private func overlaps(_ entry: Entry, _ range: Range<Int>) -> Bool {
    entry.start < range.upperBound && entry.start + entry.packet.capturedLength > range.lowerBound
  }

  private mutating func forget(olderThan moment: Timestamp) {
    while oldest < entries.count, entries[oldest].packet.reference.time < moment { forgetOldest() }
  }

  private mutating func forgetOldest() {
    byteCount -= entries[oldest].packet.capturedLength
    oldest += 1
  }

  /// Lends out the packets since a moment, in the order in which they came.
  package func forEach(
    since moment: Timestamp, _ body: (CapturedPacket, RawSpan) throws(CaptureError) -> Void
  ) throws(CaptureError) {
    for entry in entries[oldest...] where entry.packet.reference.time >= moment {
      let piece = bytes.span.bytes.extracting(entry.start..<entry.start + entry.packet.capturedLength)
      try body(entry.packet, piece)
    }
  }
}
