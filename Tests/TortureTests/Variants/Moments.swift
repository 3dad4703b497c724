import Packets
import TestSupport

/// Clocks that stand still, step and jump.
extension Variant {
  static let moments: [Variant] = [
    retimed("the clock stands still") { _, start, _ in start },
    retimed("the clock runs backwards") { _, start, index in start + Interval(nanoseconds: Int64(-index) * 1_000) },
    retimed("the clock jumps ahead by five hours") { time, _, index in
      index < 300 ? time : time + .seconds(5 * 3600)
    },
    retimed("the clock jumps back by five hours") { time, _, index in
      index < 300 ? time : time + .seconds(-5 * 3600)
    },
    retimed("the clock jumps to and fro") { time, _, index in
      time + .seconds(index % 7 == 3 ? 3600 : index % 11 == 5 ? -3600 : 0)
    },
    retimed("two queues' clocks differ by 3 ms") { time, _, index in
      index % 2 == 0 ? time : time + .milliseconds(-3)
    },
    retimed("the clock is at the epoch") { time, start, _ in Timestamp(nanoseconds: (time - start).nanoseconds) },
    retimed("the clock is before the epoch") { time, start, _ in
      Timestamp(nanoseconds: (time - start).nanoseconds - 3_600_000_000_000)
    },
  ]

  private static func retimed(
    _ name: String, _ change: @escaping @Sendable (Timestamp, _ start: Timestamp, _ index: Int) -> Timestamp
  ) -> Variant {
    Variant(whole: name) { talk in
      let packets = talk.packets.recorded
      return packets.enumerated().map { index, packet in
        var packet = packet
        packet.time = change(packet.time, packets[0].time, index)
        return packet
      }
    }
  }
}
