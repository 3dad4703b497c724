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
    while let (packet, bytes) = buffer.next(until: Timestamp(nanoseconds: 0) + .seconds(seconds)) {
      names.append("\(packet.reference.capture).\(packet.reference.number):\(bytes[0])")
    }
    return names
  }

  @Test("they come in the order of time, the first interface's first, and not before their time")
  func order() {
    var buffer = ReorderBuffer()
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
}
