import Packets

/// A packet as a capture file holds it: when, its bytes, and how long it was on the wire.
package struct RecordedPacket: Hashable, Sendable {
  package var time: Timestamp
  package var bytes: [UInt8]
  /// The length on the wire, which a snapshot length may have cut `bytes` short of.
  package var originalLength: Int
  /// The link type (DLT) of the bytes.
  package var linkType: UInt16

  package init(time: Timestamp, bytes: [UInt8], linkType: UInt16 = 1, originalLength: Int? = nil) {
    self.time = time
    self.bytes = bytes
    self.linkType = linkType
    self.originalLength = originalLength ?? bytes.count
  }

  package init(time: Timestamp, _ packet: PacketBuilder) {
    self.init(time: time, bytes: packet.bytes, linkType: packet.link.linkType)
  }

  /// The packet as a capture with a snapshot length keeps it.
  package func cut(to snaplen: Int) -> RecordedPacket {
    var packet = self
    packet.bytes = Array(bytes.prefix(snaplen))
    return packet
  }
}

extension Sequence<RecordedPacket> {
  /// The packets of several recordings in the order of their times; equal times keep their order.
  package func sortedByTime() -> [RecordedPacket] {
    enumerated()
      .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
      .map(\.element)
  }
}
