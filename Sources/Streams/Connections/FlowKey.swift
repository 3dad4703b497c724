import Packets

/// The addresses, ports and VLAN of a connection, the same for both its directions.
struct FlowKey: BitwiseCopyable, Equatable, Sendable {
  var low: IPAddress
  var high: IPAddress
  var lowPort: UInt16
  var highPort: UInt16
  var vlan: VLANStack

  init(low: IPAddress, high: IPAddress, lowPort: UInt16, highPort: UInt16, vlan: VLANStack) {
    self.low = low
    self.high = high
    self.lowPort = lowPort
    self.highPort = highPort
    self.vlan = vlan
  }

  /// The key of a segment, and whether its source is the side that stands first in it.
  @inline(__always)
  init(_ segment: Segment, isLowSource: inout Bool) {
    self.init(segment.source, segment.destination, vlan: segment.vlans, isLowSource: &isLowSource)
  }

  /// The key of a segment between two endpoints.
  @inline(__always)
  init(_ source: Endpoint, _ destination: Endpoint, vlan: VLANStack, isLowSource: inout Bool) {
    isLowSource = FlowKey.isOrdered(source, destination)
    let (first, second) = isLowSource ? (source, destination) : (destination, source)
    low = first.address
    high = second.address
    lowPort = first.port
    highPort = second.port
    self.vlan = vlan
  }

  @inline(__always)
  static func == (a: FlowKey, b: FlowKey) -> Bool { a.hasEqualEndpoints(b) && a.vlan == b.vlan }

  /// Whether two keys differ at most in their VLAN.
  @inline(__always)
  func hasEqualEndpoints(_ other: FlowKey) -> Bool {
    low == other.low && high == other.high && lowPort == other.lowPort && highPort == other.highPort
  }

  /// A hash of addresses and ports without the VLAN; no peer knows the seed, so that nobody can make keys collide.
  @inline(__always)
  func endpointHash(seed: UInt64) -> UInt64 {
    let ports = UInt64(lowPort) << 16 | UInt64(highPort)
    let first = mix(low.low ^ seed, high.low ^ 0x9e37_79b9_7f4a_7c15)
    let second = mix(low.high ^ first, high.high ^ 0xd1b5_4a32_d192_ed03)
    return mix(second ^ ports, seed ^ 0xa24b_aed4_963e_e407)
  }

  private static func isOrdered(_ a: Endpoint, _ b: Endpoint) -> Bool {
    if a.address.low != b.address.low { return a.address.low < b.address.low }
    if a.address.high != b.address.high { return a.address.high < b.address.high }
    return a.port <= b.port
  }
}

/// Folds the 128-bit product of two words into one: a fast and thorough mixing step (as in wyhash).
@inline(__always)
func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
  let product = a.multipliedFullWidth(by: b)
  return product.high ^ product.low
}

extension FlowKey {
  /// The hash of a whole key, from that of its addresses and ports.
  @inline(__always)
  static func hash(_ endpointHash: UInt64, vlan: VLANStack) -> UInt64 {
    vlan.isEmpty ? endpointHash : mix(endpointHash ^ vlan.packed, 0x9e37_79b9_7f4a_7c15)
  }
}
