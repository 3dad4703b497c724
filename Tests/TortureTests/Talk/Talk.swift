import Packets
import TestSupport

/// A conversation on a WebSocket of which everything is known: what comes out of an analysis can be compared with it.
struct Talk: Sendable {
  let style: TalkStyle
  /// The packets in the order in which they are sent.
  let packets: [ScriptedPacket]
  let messages: Directional<[SentMessage]>
  let frames: Directional<[SentFrame]>

  /// The clean conversation: 200 messages each way, of 1 B to 200 kB.
  static let clean = Talk(TalkStyle())

  /// The clean conversation over IPv6.
  static let ipv6: Talk = {
    var style = TalkStyle()
    style.client = .at("fd00::2", 50_000)
    style.server = .at("fd00::10", 8080)
    return Talk(style)
  }()

  init(_ style: TalkStyle) {
    var script = TalkScript(style)
    script.run()
    self.style = style
    packets = script.conversation.packets
    messages = script.messages
    frames = script.frames
  }

  /// The place of a sequence number in its direction's bytes.
  func offset(of sequence: UInt32, _ direction: Direction) -> Int {
    Int(sequence &- style.initialSequences[direction] &- 1)
  }

  /// The bytes of a direction that a packet carries.
  func range(of packet: ScriptedPacket) -> Range<Int> {
    let start = offset(of: packet.packet.sequence, packet.direction)
    return start..<start + packet.packet.payload.count
  }

  /// The indices of a direction's packets with data.
  func data(_ direction: Direction) -> [Int] {
    packets.indices.filter { packets[$0].direction == direction && !packets[$0].packet.payload.isEmpty }
  }

  /// The indices of the packets that carry bytes of a message, in a direction.
  func data(_ direction: Direction, ofMessage index: Int) -> [Int] {
    let parts = frames[direction].filter { $0.message == index }.map(\.range)
    return data(direction).filter { packet in parts.contains { $0.overlaps(range(of: packets[packet])) } }
  }

  /// The index of the longest message of a direction: many segments without a header among them.
  func longest(_ direction: Direction) -> Int {
    messages[direction].indices.max { messages[direction][$0].length < messages[direction][$1].length } ?? 0
  }
}
