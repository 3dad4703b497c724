import Analysis
import Packets

/// A setting that the wire contradicts.
struct Mismatch {
  /// Where it was seen.
  struct Place {
    var at: PacketReference
    var connection: Int
    var sid: String?
  }

  /// The setting's name, as the expectations file has it.
  var setting: String
  var expected: String
  var seen: String
  /// One at least.
  var places: [Place]
  var severity = Severity.warning
  var blame = Blame.server
  /// What was seen, as a sentence without its full stop.
  var words: String
  var remedy: String

  var connections: [Int] { places.map(\.connection).eachOnce() }
}

extension Mismatch.Place {
  init(_ session: SessionSummary) {
    self.init(at: session.start, connection: session.connections.first ?? 0, sid: session.sid)
  }

  init(_ sighting: Sighting) { self.init(at: sighting.at, connection: sighting.connection, sid: nil) }
}
