import Packets

/// Other addresses in the place of real ones: the same for the same one within a key.
///
/// IPv4 addresses go to 198.18.0.0/15, which is for benchmarks (RFC 2544), IPv6 addresses to 2001:db8::/32, which is for
/// documentation (RFC 3849). Loopback stays: it names no one. Two addresses may in principle meet at one.
package struct AddressDisguise: Sendable {
  private let marker: Marker

  package init(_ marker: Marker) { self.marker = marker }

  /// The address that stands for another one.
  package func disguise(_ address: IPAddress) -> IPAddress {
    if address.isIPv4 {
      let bits = UInt32(truncatingIfNeeded: address.low)
      if bits >> 24 == 127 || bits == 0 { return address }
      let host = marker.number(for: AddressDisguise.bytes(address), below: 1 << 17)
      return IPAddress(ipv4: 0xc612_0000 | UInt32(truncatingIfNeeded: host))
    }
    if address.high == 0, address.low <= 1 { return address }
    let host = marker.number(for: AddressDisguise.bytes(address), below: 1 << 62)
    return IPAddress(high: 0x2001_0db8_0000_0000, low: host)
  }

  /// An end of a connection, its port unchanged.
  package func disguise(_ endpoint: Endpoint) -> Endpoint {
    Endpoint(address: disguise(endpoint.address), port: endpoint.port)
  }

  static func bytes(_ address: IPAddress) -> [UInt8] {
    [address.high, address.low].flatMap { word in
      stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt64($0)) }
    }
  }
}
