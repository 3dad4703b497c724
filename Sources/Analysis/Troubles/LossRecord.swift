import Packets

/// A time in which bytes waited for their repetition.
package struct LossEpisode: Sendable {
  /// Since when the oldest of them waited.
  package var since: Timestamp
  /// The first and the last repetition.
  package var first: PacketReference
  package var last: PacketReference
  package var repetitions = 1

  /// How long the bytes were held back at least: until they were sent the last time.
  package var delay: Interval { last.time - since }
}

/// The retransmission timeouts of one direction.
package struct LossRecord: Sendable {
  /// Linux's least retransmission timeout: what is repeated sooner was asked for by duplicate acknowledgements.
  static let leastWait = Interval.milliseconds(200)
  /// Episodes kept one by one, the first ones; a path that is so bad is proven by these.
  static let mostEpisodes = 64

  package private(set) var episodes: [LossEpisode] = []
  /// All episodes, their repetitions and how long they held bytes back together.
  package private(set) var count = 0
  package private(set) var repetitions = 0
  package private(set) var delay = Interval.zero
  package private(set) var longest: LossEpisode?
  /// What duplicate acknowledgements asked for at once, which delays next to nothing.
  package private(set) var fast: FastRepetitions?
  private var current: LossEpisode?

  package init() {}

  /// Takes a repetition of bytes of which the oldest waits since a moment: the same moment is the same episode.
  mutating func repeated(since: Timestamp, at reference: PacketReference) {
    repetitions += 1
    if var episode = current, episode.since == since {
      delay = delay + (reference.time - episode.last.time)
      episode.last = reference
      episode.repetitions += 1
      keep(episode, isNew: false)
    } else {
      count += 1
      delay = delay + (reference.time - since)
      keep(LossEpisode(since: since, first: reference, last: reference), isNew: true)
    }
  }

  /// Takes a repetition that duplicate acknowledgements asked for.
  mutating func repeatedFast(_ length: Int, at reference: PacketReference) {
    fast = FastRepetitions(
      count: (fast?.count ?? 0) + 1, bytes: (fast?.bytes ?? 0) + length, first: fast?.first ?? reference,
      last: reference)
  }

  private mutating func keep(_ episode: LossEpisode, isNew: Bool) {
    current = episode
    if longest.map({ $0.since == episode.since || $0.delay < episode.delay }) ?? true { longest = episode }
    if !isNew, episodes.last?.since == episode.since {
      episodes[episodes.count - 1] = episode
    } else if isNew, episodes.count < LossRecord.mostEpisodes {
      episodes.append(episode)
    }
  }
}

/// Segments that were sent again because duplicate acknowledgements asked for them (RFC 5681 section 3.2).
package struct FastRepetitions: Sendable {
  package var count: Int
  package var bytes: Int
  package var first: PacketReference
  package var last: PacketReference
}
