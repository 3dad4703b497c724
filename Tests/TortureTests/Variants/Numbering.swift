import Packets
import TestSupport

/// Sequence numbers that wrap around, wherever that may be.
extension Variant {
  static let numbering: [Variant] = [
    ("at the SYN", 0xffff_ffff), ("after the SYN", 0xffff_fffe), ("within the request", 0xffff_ffa0),
    ("within the first messages", 0xffff_f000), ("within 200 kB", 0xfffe_0000), ("near the end", 0xfffb_c000),
    ("never, but the sign does", 0x7fff_0000),
  ].flatMap { name, initial in
    [
      Variant("numbers wrap \(name)") { wrapping(initial) { $0.packets.recorded } },
      Variant("numbers wrap \(name), each 20 packets shuffled") {
        wrapping(initial) { $0.packets.recorded.shuffledRuns(of: 20, seed: 3) }
      },
    ]
  }

  private static func wrapping(_ initial: UInt32, _ change: (Talk) -> [RecordedPacket]) -> Recording {
    var style = TalkStyle()
    style.initialSequences = Directional(both: initial)
    let talk = Talk(style)
    return Recording(change(talk), [Expected(talk)])
  }
}
