import Packets
import TestSupport
import Testing

/// Something that happens to a conversation on the wire or in the capture, and what ought to come out all the same.
struct Variant: Sendable, CustomTestStringConvertible {
  let name: String
  let make: @Sendable () -> Recording

  init(_ name: String, _ make: @escaping @Sendable () -> Recording) {
    self.name = name
    self.make = make
  }

  /// A variant after which nothing of the clean conversation may be missing.
  init(whole name: String, _ change: @escaping @Sendable (Talk) -> [RecordedPacket]) {
    self.init(name) { Recording(change(.clean), [Expected(.clean)]) }
  }

  var testDescription: String { name }

  static let all =
    reordering + retransmission + overlapping + numbering + lifetime + moments + holes + compression + copies + links
    + tunnels + fragments + snapLengths
}

/// The packets of a variant, and what ought to be found in them.
struct Recording: Sendable {
  var packets: [RecordedPacket]
  /// One for each connection.
  var expected: [Expected]
  var duplicates = 0
  /// Packets that could not be decoded; `nil` where that is not what it is about.
  var skipped: Int? = 0
  /// What must be said of the capture, always as a notice.
  var notices: Set<String> = []

  init(_ packets: [RecordedPacket], _ expected: [Expected]) {
    self.packets = packets
    self.expected = expected
  }
}

extension [ScriptedPacket] {
  /// The packets as a capture holds them: in the order of their times.
  var recorded: [RecordedPacket] { filter { !$0.isDropped }.map(\.recorded).sortedByTime() }

  /// The packets as a capture holds them, whatever their times say.
  var recordedAsWritten: [RecordedPacket] { filter { !$0.isDropped }.map(\.recorded) }
}
