import Analysis
import Packets

/// Small segments that wait for a delayed acknowledgement (Nagle's algorithm, RFC 9293 section 3.7.4).
enum NagleDelay {
  static let fewestSends = 5
  /// Of the segments that were sent as long after another while acknowledgements were late: a clock hits it now and then.
  static let leastShare = 0.5

  static func isProven(_ facts: DelayedSends) -> Bool {
    facts.count >= fewestSends && Double(facts.count) >= leastShare * Double(facts.count + facts.others)
  }

  static func findings(_ measured: [DelayedSends], _ scene: Scene) -> [Finding] {
    Dictionary(grouping: measured, by: \.server).values.map { finding($0, scene) }
  }

  private static func finding(_ group: [DelayedSends], _ scene: Scene) -> Finding {
    let worst = group.max { $0.count < $1.count } ?? group[0]
    let wait = worst.waits.percentile(0.5) ?? .zero
    var finding = Finding(
      "buffering-delay", .warning, .likely, blame: .server, blameDetail: .application,
      connections: group.map(\.connection), at: worst.first, packets: [worst.first, worst.last],
      title: "\(worst.server) waits for acknowledgements before it sends on: \(duration(wait)) lost each time",
      detail: """
        \(counted(worst.count, "small segment")) left within \(duration(worst.longestReaction)) of the acknowledgement of \
        the one before, and that one took \(duration(wait)) (first: \(scene.place(worst.first))). So the sender has \
        Nagle's algorithm on, and the receiver delays its acknowledgements: each waits for the other.
        """,
      evidence: [
        ("delay", .number(wait.seconds)), ("threshold", .count(fewestSends)), ("segments", .count(worst.count)),
        ("longestReaction", .number(worst.longestReaction.seconds)), ("cause", .text("nagle")),
      ],
      remedy: """
        Switch Nagle off where the messages are sent: socket.setNoDelay(true) in Node, TCP_NODELAY elsewhere \
        (nginx: tcp_nodelay on;), and write each message at once, not in pieces.
        """)
    finding.sid = worst.sid
    finding.until = worst.last
    finding.count = worst.count
    finding.endpoints = (worst.client, worst.server)
    return finding
  }
}
