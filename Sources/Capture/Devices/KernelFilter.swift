import Packets

/// What the kernel lets pass to a live capture: the followed ports, and the packets whose port it cannot see.
package struct KernelFilter: Equatable, Sendable {
  /// TCP ports; empty for all.
  package var ports: [UInt16]
  /// Whether what VXLAN, Geneve, GTP-U, GRE and IP-in-IP wrap passes too, whatever is inside: the kernel's filter cannot
  /// look that deep.
  package var includesTunnels: Bool
  /// A further condition in libpcap's language.
  package var condition: String?

  package init(ports: [UInt16], includesTunnels: Bool = false, condition: String? = nil) {
    self.ports = ports
    self.includesTunnels = includesTunnels
    self.condition = condition
  }

  /// The filter for a link type, in libpcap's language.
  ///
  /// `vlan` moves every offset behind it, so that its branch comes last. The cooked headers of `any` come without the
  /// outer tag, which the kernel has taken off, and know no such keyword.
  package func expression(for linkType: LinkType) -> String {
    let plain = conditioned(transports)
    guard linkType == .ethernet else { return plain }
    return "(\(plain)) or (vlan and ((\(plain)) or (vlan and (\(plain)))))"
  }

  private func conditioned(_ expression: String) -> String {
    condition.map { "(\(expression)) and (\($0))" } ?? expression
  }

  private var transports: String {
    var terms = [segments, KernelFilter.fragments, KernelFilter.extensionHeaders]
    if includesTunnels { terms += [KernelFilter.tunnels, KernelFilter.tunnelFragments] }
    return terms.joined(separator: " or ")
  }

  private var segments: String {
    ports.isEmpty ? "tcp" : ports.map { "tcp port \($0)" }.joined(separator: " or ")
  }

  /// All but the first fragment of a TCP segment over IPv4, which have no port (RFC 791 section 3.1); TCP behind an
  /// authentication header (51, RFC 4302).
  private static let fragments = "(ip[9] = 6 and ip[6:2] & 0x1fff != 0) or ip proto 51"
  /// IPv6 packets whose first header is not that of TCP: hop-by-hop options, routing, fragment, authentication,
  /// destination options, mobility (RFC 8200 section 4); but not those with ICMPv6 behind it, multicast reports for one.
  private static let extensionHeaders =
    "(ip6 and ip6[40] != 58 and (ip6[6] = 0 or ip6[6] = 43 or ip6[6] = 44 or ip6[6] = 51 or ip6[6] = 60 or ip6[6] = 135))"
  /// VXLAN (RFC 7348), Geneve (RFC 8926), GTP-U (3GPP TS 29.281), IP-in-IP (RFC 2003, RFC 4213), GRE (RFC 2784).
  private static let tunnels =
    "udp port 4789 or udp port 6081 or udp port 2152 or ip proto 4 or ip proto 41 or ip proto 47"
    + " or (ip6 and (ip6[6] = 4 or ip6[6] = 41 or ip6[6] = 47))"
  /// The fragments of a tunnel's packets.
  private static let tunnelFragments = "(ip[9] = 17 and ip[6:2] & 0x1fff != 0)"
}
