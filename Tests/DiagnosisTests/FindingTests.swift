import Diagnosis
import Packets
import Testing

@Suite struct FindingTests {
  private func packet(_ number: Int) -> PacketReference {
    PacketReference(capture: 0, number: number, time: Timestamp(nanoseconds: Int64(number)))
  }

  @Test("an abridged finding keeps its first packets, its last one, and how many there were")
  func abridged() {
    var finding = Finding(
      "missing-101", .error, .certain, blame: .server, connections: Array(1...250), at: packet(1),
      packets: (1...40).map(packet), title: "t", detail: "d", remedy: "r")
    finding.abridge(connections: 100, packets: 10)
    finding.abridge(connections: 100, packets: 10)
    #expect(finding.connections == Array(1...100))
    #expect(finding.packets.map(\.number) == Array(1...9) + [40])
    #expect(finding.leftOut == (150, 30))
  }

  @Test("one that is short stays as it is")
  func short() {
    var finding = Finding(
      "missing-101", .error, .certain, blame: .server, connections: [1], at: packet(1), packets: [packet(1)],
      title: "t", detail: "d", remedy: "r")
    finding.abridge(connections: 1, packets: 1)
    #expect(finding.packets.count == 1 && finding.leftOut == (0, 0))
  }
}
