import Capture
import Live
import Packets
import Testing

@Suite("Packets of several interfaces")
struct ReorderBufferTests {
  private func packet(_ capture: Int, _ number: Int, at seconds: Double) -> CapturedPacket {
    CapturedPacket(
      reference: PacketReference(
        capture: capture, number: number, time: Timestamp(nanoseconds: 0) + .seconds(seconds)), capturedLength: 1,
      wireLength: 1, linkType: .ethernet)
  }

  private func all(_ buffer: inout ReorderBuffer, until seconds: Double) -> [String] {
    var names: [String] = []
    buffer.release(until: Timestamp(nanoseconds: 0) + .seconds(seconds)) { packet, bytes in
      let content = bytes.withUnsafeBytes { $0[0] }
      names.append("\(packet.reference.capture).\(packet.reference.number):\(content)")
    }
    return names
  }

  @Test("they come in the order of time, the first interface's first, and not before their time")
  func order() {
    var buffer = ReorderBuffer(interfaces: 2)
    for (index, seconds) in [1.0, 2, 3].enumerated() {
      buffer.insert(packet(1, index + 1, at: seconds), [9].span.bytes)
    }
    for (index, seconds) in [0.5, 2, 4].enumerated() {
      buffer.insert(packet(0, index + 1, at: seconds), [8].span.bytes)
    }
    #expect(all(&buffer, until: 2) == ["0.1:8", "1.1:9", "0.2:8", "1.2:9"])
    buffer.insert(packet(1, 4, at: 3.5), [9].span.bytes)
    #expect(all(&buffer, until: 3) == ["1.3:9"])
    #expect(all(&buffer, until: 100) == ["1.4:9", "0.3:8"])
    #expect(all(&buffer, until: 100).isEmpty)
  }

  @Test("none is lost or mixed up with another, however many wait while others go")
  func many() {
    var buffer = ReorderBuffer(interfaces: 2)
    var taken: [[Int]] = [[], []]
    for number in 1...30_000 {
      let capture = number % 3 == 0 ? 1 : 0
      buffer.insert(packet(capture, number, at: Double(number)), [UInt8(truncatingIfNeeded: number)].span.bytes)
      guard number % 7 == 0 else { continue }
      buffer.release(until: Timestamp(nanoseconds: 0) + .seconds(Double(number - 6000))) { packet, bytes in
        taken[packet.reference.capture].append(packet.reference.number)
        let isOwn = bytes.withUnsafeBytes { $0[0] == UInt8(truncatingIfNeeded: packet.reference.number) }
        #expect(isOwn)
      }
    }
    buffer.release(until: Timestamp(nanoseconds: .max)) { packet, _ in
      taken[packet.reference.capture].append(packet.reference.number)
    }
    #expect(taken[0] == (1...30_000).filter { $0 % 3 != 0 })
    #expect(taken[1] == (1...30_000).filter { $0 % 3 == 0 })
  }
}
