import Glibc
import Packets

extension Endpoint {
  /// An endpoint from an IPv4 or IPv6 address in text and a port: `.at("10.0.0.2", 50_000)`, `.at("fd00::2", 8080)`.
  ///
  /// A text that is no address is a mistake in the test and stops it.
  package static func at(_ address: String, _ port: UInt16) -> Endpoint {
    var four = in_addr()
    if inet_pton(AF_INET, address, &four) == 1 {
      return Endpoint(address: IPAddress(ipv4: UInt32(bigEndian: four.s_addr)), port: port)
    }
    var six: (UInt64, UInt64) = (0, 0)
    precondition(inet_pton(AF_INET6, address, &six) == 1, "no IP address: \(address)")
    return Endpoint(address: IPAddress(high: UInt64(bigEndian: six.0), low: UInt64(bigEndian: six.1)), port: port)
  }
}

extension IPAddress {
  /// The address as a header holds it: four bytes, or sixteen.
  package var wireBytes: [UInt8] {
    var bytes: [UInt8] = []
    if isIPv4 {
      bytes.append(uint32: UInt32(truncatingIfNeeded: low))
    } else {
      bytes.append(uint64: high)
      bytes.append(uint64: low)
    }
    return bytes
  }
}
