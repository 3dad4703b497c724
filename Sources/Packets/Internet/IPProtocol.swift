/// The number that says what an IP packet carries (IANA's "Assigned Internet Protocol Numbers").
package struct IPProtocol: RawRepresentable, Hashable, Sendable {
  package var rawValue: UInt8

  @inlinable
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let hopByHopOptions = IPProtocol(rawValue: 0)
  /// IPv4 in IP (RFC 2003).
  package static let ipv4 = IPProtocol(rawValue: 4)
  package static let tcp = IPProtocol(rawValue: 6)
  package static let udp = IPProtocol(rawValue: 17)
  /// IPv6 in IP: 6in4 (RFC 4213), or IPv6 in IPv6 (RFC 2473).
  package static let ipv6 = IPProtocol(rawValue: 41)
  package static let routing = IPProtocol(rawValue: 43)
  package static let fragment = IPProtocol(rawValue: 44)
  package static let gre = IPProtocol(rawValue: 47)
  package static let authentication = IPProtocol(rawValue: 51)
  package static let destinationOptions = IPProtocol(rawValue: 60)
  package static let mobility = IPProtocol(rawValue: 135)
  package static let mpls = IPProtocol(rawValue: 137)
  package static let hostIdentity = IPProtocol(rawValue: 139)
  package static let shim6 = IPProtocol(rawValue: 140)

  /// Whether TCP may stand in what follows, so that fragments of it are worth keeping.
  var mayCarryTCP: Bool {
    switch self {
    case .tcp, .udp, .ipv4, .ipv6, .gre, .mpls: true
    default: isExtensionHeader
    }
  }

  /// Whether this is an extension header of IPv6 that gives its own length (RFC 8200 section 4; RFC 4302 for AH).
  var isExtensionHeader: Bool {
    switch self {
    case .hopByHopOptions, .routing, .authentication, .destinationOptions, .mobility, .hostIdentity, .shim6: true
    default: false
    }
  }
}
