import Packets
import WebSocket

/// The directions of WebSockets whose inflaters hold zlib's memory, some 40 kB each.
///
/// One that has had no compressed message for a while sleeps, and keeps only what its peer may refer to, packed. Falling
/// asleep and waking up cost as much as inflating hundreds of small messages, so that no direction may do so while its
/// messages come: an answer is streamed with tens of them a second.
struct AwakeInflaters {
  /// Longer than pauses within an answer, and than most of those in which people read before they ask again.
  static let quietTime = Interval.seconds(10)
  /// Directions awake at once: some 160 MB.
  ///
  /// Beyond it, the one that has been quiet longest among a few sleeps early.
  static let capacity = 4096
  /// How many are looked at when one comes.
  private static let sample = 4

  private struct Place {
    weak var channel: WebSocketChannel?
    var direction: Direction
  }

  private var places: [Place] = []
  private var cursor = 0

  /// Takes note of a direction's compressed message.
  @inline(__always)
  mutating func note(_ channel: WebSocketChannel, _ direction: Direction, at time: Timestamp) {
    channel.watch.lastCompressed[direction] = time
    if !channel.watch.isAwake[direction] { wake(channel, direction, at: time) }
  }

  private mutating func wake(_ channel: WebSocketChannel, _ direction: Direction, at time: Timestamp) {
    channel.watch.isAwake[direction] = true
    places.append(Place(channel: channel, direction: direction))
    sweep(at: time, AwakeInflaters.sample)
    if places.count > AwakeInflaters.capacity, let quietest = quietest() { sleep(quietest) }
  }

  /// Lets those of the next few sleep that have been quiet.
  mutating func sweep(at time: Timestamp, _ count: Int) {
    for _ in 0..<min(count, places.count) where !places.isEmpty {
      cursor = cursor + 1 < places.count ? cursor + 1 : 0
      guard let channel = places[cursor].channel else {
        remove(cursor)
        continue
      }
      if time - channel.watch.lastCompressed[places[cursor].direction] >= AwakeInflaters.quietTime { sleep(cursor) }
    }
  }

  /// Of the next few, the one that has been quiet longest.
  private mutating func quietest() -> Int? {
    var found: (index: Int, last: Timestamp)?
    for _ in 0..<AwakeInflaters.sample {
      cursor = cursor + 1 < places.count ? cursor + 1 : 0
      let last = places[cursor].channel?.watch.lastCompressed[places[cursor].direction]
      guard let last else { return cursor }
      if found.map({ last < $0.last }) ?? true { found = (cursor, last) }
    }
    return found?.index
  }

  private mutating func sleep(_ index: Int) {
    let direction = places[index].direction
    if let channel = places[index].channel {
      channel.watch.isAwake[direction] = false
      channel.decoders[direction].releaseIdleState()
    }
    remove(index)
  }

  /// Takes a place out; the last one fills it.
  private mutating func remove(_ index: Int) {
    places.swapAt(index, places.count - 1)
    places.removeLast()
  }
}
