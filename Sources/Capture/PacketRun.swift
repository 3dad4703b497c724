import Packets

/// Packets of one capture that lie in memory one after the other, to be taken without asking for each.
///
/// Valid until the capture is read on.
package struct PacketRun {
  @usableFromInline let packets: UnsafeBufferPointer<Entry>

  /// A packet, and where its bytes begin.
  @usableFromInline
  struct Entry {
    @usableFromInline var packet: CapturedPacket
    @usableFromInline var start: UnsafeRawPointer?
  }

  /// How many packets are read ahead, at most.
  ///
  /// 128: enough that what a run costs is nothing beside its packets, and few enough to stay in a core's first cache.
  static let capacity = 128

  @usableFromInline
  init(packets: UnsafeBufferPointer<Entry>) { self.packets = packets }

  /// The places of the packets in the run.
  @inlinable @inline(__always)
  package var indices: Range<Int> { 0..<packets.count }

  /// What the capture says of a packet.
  @inlinable @inline(__always)
  package subscript(index: Int) -> CapturedPacket { packets[index].packet }

  /// A packet's bytes.
  @inlinable @inline(__always)
  package func bytes(at index: Int) -> UnsafeRawBufferPointer {
    let entry = packets[index]
    return UnsafeRawBufferPointer(start: entry.start, count: entry.packet.capturedLength)
  }
}
