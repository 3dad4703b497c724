import Packets

/// An input: a file, standard input or an interface.
package struct CaptureInfo: Sendable {
  package var path: String
  /// `pcap`, `pcapng` or `live`.
  package var format: String
  /// The names of its link types, as tcpdump prints them.
  package var linkTypes: [String] = []
  package var packets = 0
  package var bytes = 0
  package var firstPacket: Timestamp?
  /// 6 or 9, as the capture's clock has them.
  package var fractionDigits = 6
  package var duration = Interval.zero
  /// Packets that the capturing machine lost; `nil` where nobody counted.
  package var dropped: Int?
  package var truncated = 0
  package var duplicated = 0
  /// Whether the file ended, or could not be read on, in the middle of a record.
  package var isCutOff = false
  /// Packets that may hold TCP and were not decoded, by reason.
  package var skipped: [(reason: String, count: Int)] = []
  /// Upgrade requests on ports that were not followed.
  package var otherPorts: [(port: UInt16, upgrades: Int)] = []

  package init(path: String, format: String) {
    self.path = path
    self.format = format
  }

  /// All packets that were not decoded, whatever the reason.
  package var skippedTotal: Int { skipped.reduce(0) { $0 &+ $1.count } }
}
