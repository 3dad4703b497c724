import Analysis
import Packets
import Streams
import TestSupport
import Testing

/// What one side of a connection did, as Wireshark counts it.
private struct Counts: Equatable {
  /// Segments sent again or late; see below why they are one number.
  var repeatedOrLate = 0
  var fast = 0
  var spurious = 0
  var duplicateAcks = 0
  var keepAlives = 0
  var keepAliveAnswers = 0
  var windowFull = 0
  var zeroWindows = 0
  var zeroWindowProbes = 0

  init() {}

  init(_ health: TCPHealth) {
    repeatedOrLate = health.retransmissions + health.outOfOrder
    fast = health.fastRetransmissions
    spurious = health.spuriousRetransmissions
    duplicateAcks = health.duplicateAcks
    keepAlives = health.keepAlives
    keepAliveAnswers = health.keepAliveAnswers
    windowFull = health.windowFull
    zeroWindows = health.zeroWindows
    zeroWindowProbes = health.zeroWindowProbes
  }
}

/// tshark as a peer in judging TCP: both must count the same on all recordings.
@Suite(.enabled(if: Tshark.path != nil, "tshark is not installed"))
struct TsharkHealthTests {
  /// Wireshark's names, in the order of the fields of `add`.
  private static let names = [
    "retransmission", "out_of_order", "fast_retransmission", "spurious_retransmission", "duplicate_ack", "keep_alive",
    "keep_alive_ack", "window_full", "zero_window", "zero_window_probe",
  ]

  /// Two differences are meant.
  ///
  /// Copies of packets in the capture are retransmissions and duplicate acknowledgements to
  /// tshark, and nothing here. And bytes that were captured before are never called out of order here, so that what
  /// tshark calls so can be a retransmission: the two are compared as one number.
  @Test("per direction, what tshark's tcp.analysis counts", arguments: Recorded.paths)
  func counts(path: String) throws {
    let recording = try Recorded(path: path)
    var options = AnalysisOptions()
    options.ports = .any
    let verdict = Verdict(recording.packets, ports: options)
    var ours: [String: Counts] = [:]
    for connection in verdict.connections {
      for direction in Direction.allCases {
        let isUp = direction == .clientToServer
        let (from, to) = isUp ? (connection.client, connection.server) : (connection.server, connection.client)
        let counts = Counts(connection.tcp.health[direction])
        if counts != Counts() { ours["\(from) > \(to)"] = counts }
      }
    }
    if verdict.duplicates > 0 { return #expect(ours.isEmpty, "copies are no trouble of TCP") }
    #expect(ours == (try theirs(path)))
  }

  private func theirs(_ path: String) throws -> [String: Counts] {
    let ends = ["ip.src", "ipv6.src", "tcp.srcport", "ip.dst", "ipv6.dst", "tcp.dstport"]
    let fields = ends + TsharkHealthTests.names.map { "tcp.analysis.\($0)" }
    let rows = try #require(try Tshark.fields(fields, of: path, filter: "tcp.analysis.flags"))
    var theirs: [String: Counts] = [:]
    for row in rows where row.count == fields.count {
      var source = row[0]
      var target = row[3]
      if source.isEmpty { (source, target) = ("[\(row[1])]", "[\(row[4])]") }
      add(
        row[ends.count...].map { !$0.isEmpty },
        to: &theirs["\(source):\(row[2]) > \(target):\(row[5])", default: Counts()])
    }
    return theirs.filter { $0.value != Counts() }
  }

  private func add(_ isSet: [Bool], to counts: inout Counts) {
    let paths: [WritableKeyPath<Counts, Int>] = [
      \.repeatedOrLate, \.repeatedOrLate, \.fast, \.spurious, \.duplicateAcks, \.keepAlives, \.keepAliveAnswers,
      \.windowFull, \.zeroWindows, \.zeroWindowProbes,
    ]
    for (path, isSet) in zip(paths, isSet) where isSet { counts[keyPath: path] += 1 }
  }
}
