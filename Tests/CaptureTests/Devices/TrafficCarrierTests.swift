import Packets
import Testing

@testable import Capture

@Suite("The interface that carries the traffic")
struct TrafficCarrierTests {
  private static let devices = [
    NetworkDevice(name: "eth0", addresses: [IPAddress("10.0.0.7"), IPAddress("fe80::1")].compactMap { $0 }),
    NetworkDevice(name: "any"),
    NetworkDevice(name: "lo", addresses: [IPAddress("127.0.0.1")].compactMap { $0 }, isLoopback: true),
  ]
  private static let heading = "  sl  local_address rem_address   st tx_queue rx_queue\n"

  private func device(_ lines: [String]) -> String {
    TrafficCarrier.device(
      for: [8080], tables: [Self.heading + lines.joined(separator: "\n")], devices: Self.devices)
  }

  @Test("where all connections are on one interface, it is that one")
  func one() {
    #expect(device(["   0: 0700000A:1F90 0200000A:C350 01 00000000:00000000"]) == "eth0")
    #expect(device(["   0: 0100007F:C350 0100007F:1F90 01 00000000:00000000"]) == "lo")
  }

  @Test("listening sockets, other ports and lines that are none say nothing")
  func nothing() {
    #expect(device(["   0: 00000000:1F90 00000000:0000 0A 00000000:00000000"]) == "any")
    #expect(device(["   0: 0700000A:01BB 0200000A:C350 01 00000000:00000000", "garbage", ""]) == "any")
  }

  @Test("a proxy's two legs on two interfaces, and an address of no interface, need all of them")
  func several() {
    let front = "   0: 0700000A:1F90 0200000A:C350 01 00000000:00000000"
    let back = "   1: 0100007F:C350 0100007F:1F90 01 00000000:00000000"
    #expect(device([front, back]) == "any")
    #expect(device(["   0: 0900000A:1F90 0200000A:C350 01 00000000:00000000"]) == "any")
  }

  @Test("addresses of IPv6 are read, mapped ones too")
  func version6() {
    #expect(
      device(["   0: 000080FE000000000000000001000000:1F90 000080FE000000000000000002000000:C350 01 0:0"]) == "eth0")
    #expect(
      device(["   0: 0000000000000000FFFF00000700000A:1F90 0000000000000000FFFF00000200000A:C350 01 0:0"]) == "eth0")
  }
}
