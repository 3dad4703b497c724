import Packets

/// The WebSockets that one side ended, and those among them that a comparison has to look at.
///
/// What ended at the same moment stands beside each other in the order of time, what a timer ended in the order of the
/// silences: a few of both tell as much as all, of which a server's restart leaves very many.
struct ClosedNeighbours {
  /// Neighbours in time on each side, and half of those with a like silence.
  private static let most = 32

  private let sockets: [ClosedSocket]
  /// Indices in the order of the silences before the ends.
  private let bySilence: [Int]

  /// - Parameter sockets: in the order of their ends.
  init(_ sockets: [ClosedSocket]) {
    self.sockets = sockets
    bySilence = sockets.indices.sorted { (sockets[$0].silence, $0) < (sockets[$1].silence, $1) }
  }

  /// The others that ended beside one of them, and some from all over those with a like silence; some may come twice.
  func of(_ index: Int, areAlike: (Interval, Interval) -> Bool) -> [ClosedSocket] {
    let around = max(0, index - ClosedNeighbours.most)..<min(sockets.count, index + ClosedNeighbours.most + 1)
    let silence = sockets[index].silence
    let low = firstPlace { $0 >= silence || areAlike($0, silence) }
    let high = firstPlace { $0 > silence && !areAlike($0, silence) }
    let step = max(1, (high - low) / (2 * ClosedNeighbours.most))
    let alike = stride(from: low, to: high, by: step).map { bySilence[$0] }
    return (around + alike).filter { $0 != index }.map { sockets[$0] }
  }

  /// The first place in the order of silences from which on something holds.
  private func firstPlace(_ holds: (Interval) -> Bool) -> Int {
    var (low, high) = (0, bySilence.count)
    while low < high {
      let middle = (low + high) / 2
      if holds(sockets[bySilence[middle]].silence) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
