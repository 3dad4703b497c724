import Packets

/// What of the network and the transport explains a pause of a stream.
extension Session {
  /// What of the transport kept a pause's messages waiting, where it did.
  func transportCause(_ start: Timestamp, _ end: Timestamp, _ hop: Hop) -> PauseTransport? {
    if let upgraded = upgradedAt, upgraded.time > start, end - upgraded.time < Session.promptly,
      upgraded.time <= end
    {
      return .upgrade(upgraded)
    }
    // Only a client that asks late keeps messages waiting; a request that is open is the server's to answer.
    guard let request = hop.polls.between(start, end).first,
      (request.time - start).seconds > (end - start).seconds * 0.8
    else { return nil }
    return .slowPolling(request)
  }

  /// What a transport held back comes this soon after it is let go: the noop of an upgrade takes up to 100 ms.
  private static let promptly = Interval.milliseconds(300)
}

extension RecentReferences {
  /// The share of a silence that timeouts have to cover to explain it: they double, and the last one ends it.
  private static let leastShare = 0.25
  /// What the first timeout waited for at least (Linux).
  private static let firstWait = Interval.milliseconds(200)

  /// The retransmission timeouts within a silence; 0 where they took too small a part of it to be its cause.
  func timeoutsExplaining(_ start: Timestamp, _ end: Timestamp) -> Int {
    let timeouts = between(start, end)
    guard let first = timeouts.first, let last = timeouts.last else { return 0 }
    let covered = last.time - first.time + RecentReferences.firstWait
    return covered.seconds >= (end - start).seconds * RecentReferences.leastShare ? timeouts.count : 0
  }
}
