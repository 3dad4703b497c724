import Capture
import Packets

/// Brings the packets of several interfaces into the order of time.
///
/// Each interface hands its packets over in blocks, some 100 ms apart: they are held until no interface can still have an
/// earlier one. The packets of one interface stay in the order in which it showed them.
package struct ReorderBuffer {
  private var queues: [PacketQueue]

  /// Makes a buffer for a number of interfaces, which the packets name by their capture's index.
  package init(interfaces: Int) { queues = [PacketQueue](repeating: PacketQueue(), count: interfaces) }

  /// Takes a packet and copies its bytes.
  package mutating func insert(_ packet: CapturedPacket, _ bytes: RawSpan) {
    queues[packet.reference.capture].append(packet, bytes)
  }

  /// Lends out, one by one, the packets not later than a moment; of equal times, that of the interface named first.
  package mutating func release(until moment: Timestamp, _ body: (CapturedPacket, RawSpan) -> Void) {
    while let index = earliest(until: moment) { queues[index].takeFirst(body) }
  }

  private func earliest(until moment: Timestamp) -> Int? {
    var found: Int?
    var earliest = moment
    for (index, queue) in queues.enumerated() {
      guard let time = queue.nextTime, found == nil ? time <= earliest : time < earliest else { continue }
      (found, earliest) = (index, time)
    }
    return found
  }
}
