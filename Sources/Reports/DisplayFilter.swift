import Diagnosis
import Packets

/// What Wireshark shows a finding with.
package enum DisplayFilter {
  /// The filter of a finding: its client's end, and its packets from the first to the last.
  ///
  /// `nil` where the finding has neither. Frame numbers are left out where they come from several captures.
  package static func text(for finding: Finding) -> String? {
    var terms: [String] = []
    if let client = finding.endpoints?.client {
      terms.append("\(client.address.isIPv4 ? "ip" : "ipv6").addr == \(client.address)")
      terms.append("tcp.port == \(client.port)")
    }
    let captures = Set(finding.packets.map(\.capture))
    if captures.count == 1, let first = finding.packets.map(\.number).min(),
      let last = finding.packets.map(\.number).max()
    {
      terms.append("frame.number >= \(first)")
      terms.append("frame.number <= \(last)")
    }
    return terms.isEmpty ? nil : terms.joined(separator: " && ")
  }
}
