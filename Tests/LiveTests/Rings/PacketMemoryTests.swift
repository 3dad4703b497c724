import Capture
import Live
import Packets
import Testing

@Suite("Packets in memory")
struct PacketMemoryTests {
  private static let start = Timestamp(nanoseconds: 0)

  private func packet(_ number: Int, _ length: Int) -> CapturedPacket {
    CapturedPacket(
      reference: PacketReference(capture: 0, number: number, time: Self.start + .seconds(Double(number))),
      capturedLength: length, wireLength: length, linkType: .ethernet)
  }

  private func contents(_ memory: PacketMemory, since second: Double = 0) throws -> [(Int, [UInt8])] {
    var all: [(Int, [UInt8])] = []
    try memory.forEach(since: Self.start + .seconds(second)) { packet, bytes in
      all.append((packet.reference.number, bytes.withUnsafeBytes { [UInt8]($0) }))
    }
    return all
  }

  @Test("the newest packets that fit are there, with their own bytes", arguments: [1, 7, 16, 33, 64])
  func newest(step: Int) throws {
    var memory = PacketMemory(capacity: 64, age: .seconds(1_000_000))
    for number in 1...500 {
      let length = 1 + number * step % 40
      let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: length)
      memory.append(packet(number, length), bytes.span.bytes)
      let all = try contents(memory)
      #expect(all.last?.0 == number)
      #expect(all.map(\.0) == Array((number - all.count + 1)...number))
      let wrong = all.filter { number, bytes in bytes.contains { $0 != UInt8(truncatingIfNeeded: number) } }
      #expect(wrong.isEmpty)
      #expect(all.reduce(0) { $0 + $1.1.count } <= 64)
    }
  }

  @Test("older ones than they may be are given up, and only those since a moment lent out")
  func age() throws {
    var memory = PacketMemory(capacity: 10_000, age: .seconds(10))
    for number in 1...30 { memory.append(packet(number, 1), [0].span.bytes) }
    #expect(memory.count == 11)
    #expect(try contents(memory, since: 25).map(\.0) == Array(25...30))
  }

  @Test("a packet that is longer than all of it is left out")
  func tooLong() throws {
    var memory = PacketMemory(capacity: 10, age: .seconds(10))
    memory.append(packet(1, 11), [UInt8](repeating: 0, count: 11).span.bytes)
    #expect(memory.count == 0)
  }
}
