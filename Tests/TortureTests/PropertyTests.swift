import Analysis
import Packets
import TestSupport
import Testing

/// Random mishaps, by seed: what is recoverable must be recovered, and nothing else must come out.
@Suite struct PropertyTests {
  @Test("what is recoverable is recovered, whatever happened to the packets", arguments: 1...60 as ClosedRange<UInt64>)
  func recovery(seed: UInt64) {
    let talk = Talk(.short(seed: seed, count: 70, longest: 4000))
    var mishaps = Mishaps(talk, seed: seed)
    mishaps.happen()
    let heard = Heard(mishaps.recorded)
    #expect(heard.connections.count == 1, "seed \(seed)")
    guard let connection = heard.connections.first else { return }
    for direction in Direction.allCases {
      let holes = mishaps.holes(direction)
      let place: Comment = "seed \(seed), \(direction)"
      #expect(connection.tcp.lostBytes[direction] == holes.reduce(0) { $0 + $1.count }, place)
      let hurt = talk.hurt(direction, without: holes, anchors: mishaps.anchors(direction))
      let recovered = indices(of: heard.whole(connection.id, direction), in: talk.messages[direction])
      #expect(recovered != nil, "\(place): something came out that nobody sent, or in another order")
      #expect(Set(recovered ?? []).isSuperset(of: Set(talk.messages[direction].indices).subtracting(hurt)), place)
      let untouchable = talk.frames[direction].filter { frame in holes.contains { $0.overlaps(frame.range) } }
      #expect(Set(recovered ?? []).isDisjoint(with: untouchable.compactMap(\.message)), place)
    }
  }

  /// Which of the sent messages came, in their order; `nil` where one is none of them.
  private func indices(of heard: [MessageRecord], in sent: [SentMessage]) -> [Int]? {
    var next = 0
    var indices: [Int] = []
    for message in heard {
      guard let index = sent[next...].firstIndex(where: { message.equals($0) }) else { return nil }
      indices.append(index)
      next = index + 1
    }
    return indices
  }
}

/// What happens to the packets of a conversation, by seed.
struct Mishaps {
  private let talk: Talk
  private var random: SeededGenerator
  private var packets: [ScriptedPacket] = []
  /// The data segments that came once or more, just as they were sent.
  private var untouched = Directional<[Range<Int>]>(both: [])

  init(_ talk: Talk, seed: UInt64) {
    self.talk = talk
    random = SeededGenerator(seed: seed ^ 0xabcd)
  }

  /// The packets in the capture's order, some displaced by up to 40 places.
  private(set) var recorded: [RecordedPacket] = []

  /// Splits, merges, repeats, drops and displaces segments.
  mutating func happen() {
    let spared = Set(Direction.allCases.flatMap { talk.data($0).prefix(2) })
    for index in talk.packets.indices {
      let packet = talk.packets[index]
      let isData = packet.count > 0 && packet.packet.flags.isDisjoint(with: [.syn, .fin])
      if isData, !spared.contains(index) { mishap(packet, at: index) } else { keep(packet) }
    }
    var places = packets.indices.map { ($0 * 10, $0) }
    for index in places.indices where random.oneIn(6) { places[index].0 += Int.random(in: 0...400, using: &random) }
    let order = places.sorted { $0 < $1 }.map { packets[$0.1].recorded }
    let times = order.map(\.time).sorted()
    recorded = zip(order, times).map { packet, time in
      var packet = packet
      packet.time = time
      return packet
    }
  }

  private mutating func keep(_ packet: ScriptedPacket) {
    if packet.count > 0 { untouched[packet.direction].append(talk.range(of: packet)) }
    packets.append(packet)
  }

  private mutating func mishap(_ packet: ScriptedPacket, at index: Int) {
    switch Int.random(in: 0..<16, using: &random) {
    case 0: break
    case 1: packets += parts(of: packet)
    case 2: packets += [packet] + parts(of: packet).map { renumbered($0) }
    case 3:
      keep(packet)
      packets.append(packet)
    case 4: packets += [packet, renumbered(packet)]
    case 5: packets.append(packet.joined(talk.packets[min(index + 1, talk.packets.count - 1)]))
    case 6:
      let start = Int.random(in: 0..<packet.count, using: &random)
      packets += [packet, renumbered(packet.part(start..<packet.count))]
    case 7:
      let end = Int.random(in: 0..<packet.count, using: &random)
      packets.append(packet.part(0..<end + 1))
    default: keep(packet)
    }
  }

  /// A packet of its own with the same bytes, sent a little later.
  private mutating func renumbered(_ packet: ScriptedPacket) -> ScriptedPacket {
    var result = packet
    result.packet.identification = UInt16.random(in: 1...0xffff, using: &random)
    return result
  }

  private mutating func parts(of packet: ScriptedPacket) -> [ScriptedPacket] {
    guard packet.count > 1 else { return [packet] }
    let middle = Int.random(in: 1..<packet.count, using: &random)
    return [packet.part(0..<middle), renumbered(packet.part(middle..<packet.count))]
  }

  /// The bytes of a direction that are in no packet.
  func holes(_ direction: Direction) -> [Range<Int>] {
    let shown = packets.filter { $0.direction == direction && $0.count > 0 }.map { talk.range(of: $0) }
      .sorted { $0.lowerBound < $1.lowerBound }
    var holes: [Range<Int>] = []
    var end = 0
    for range in shown {
      if range.lowerBound > end { holes.append(end..<range.lowerBound) }
      end = max(end, range.upperBound)
    }
    let whole = talk.frames[direction].last?.range.upperBound ?? end
    return whole > end ? holes + [end..<whole] : holes
  }

  /// The segments of a direction that came as they were sent and overlap no other packet.
  func anchors(_ direction: Direction) -> [Range<Int>] {
    let shown = packets.filter { $0.direction == direction && $0.count > 0 }.map { talk.range(of: $0) }
    return untouched[direction].filter { range in shown.allSatisfy { $0 == range || !$0.overlaps(range) } }
  }
}
