import Analysis
import Packets

/// Streamed responses by what has to be the same, in the order in which they were asked for.
///
/// Tens of thousands may come through one proxy, so they are looked up and never compared each with each.
struct BodyIndex<Key: Hashable> {
  /// As many of those that were asked for at the right time are looked at; where there are more, nothing is the only one.
  private static var mostCompared: Int { 64 }

  private struct List {
    var entries: [(asked: Timestamp, place: Int)] = []
    /// All before this place have been taken.
    var firstLeft = 0
  }

  private var lists: [Key: List] = [:]

  /// Lists bodies by their keys; `key` is `nil` where a body can't be the one that is looked for.
  init(_ bodies: [StreamedBody], key: (Int, StreamedBody) -> Key?) {
    for (place, body) in bodies.enumerated() {
      if let key = key(place, body) { lists[key, default: List()].entries.append((body.asked.time, place)) }
    }
    for key in lists.keys { lists[key]?.entries.sort { ($0.asked, $0.place) < ($1.asked, $1.place) } }
  }

  /// The first body with a key that was asked for in an interval from a moment on, is left and fits.
  mutating func first(
    _ key: Key, from start: Timestamp, within interval: Interval, isTaken: (Int) -> Bool, where fits: (Int) -> Bool
  ) -> Int? {
    guard let list = lists[key] else { return nil }
    var place = list.firstLeft
    while place < list.entries.count, isTaken(list.entries[place].place) { place += 1 }
    lists[key]?.firstLeft = place
    var compared = 0
    for entry in list.entries[max(place, Self.firstPlace(in: list.entries) { $0 >= start })...] {
      guard entry.asked <= start + interval, compared < Self.mostCompared else { return nil }
      if isTaken(entry.place) { continue }
      if fits(entry.place) { return entry.place }
      compared += 1
    }
    return nil
  }

  /// The one body with a key that was asked for no farther than an interval from a moment and fits; `nil` where there are
  /// several.
  func only(_ key: Key, around time: Timestamp, within interval: Interval, where fits: (Int) -> Bool) -> Int? {
    let places = places(key, time + (.zero - interval), time + interval)
    guard places.count <= Self.mostCompared else { return nil }
    let found = places.filter { fits($0.place) }
    return found.count == 1 ? found[0].place : nil
  }

  private func places(
    _ key: Key, _ start: Timestamp, _ end: Timestamp
  ) -> ArraySlice<(asked: Timestamp, place: Int)> {
    guard let list = lists[key]?.entries, start <= end else { return [] }
    return list[Self.firstPlace(in: list) { $0 >= start }..<Self.firstPlace(in: list) { $0 > end }]
  }

  /// The first place in the order of time from which on something holds.
  private static func firstPlace(
    in list: [(asked: Timestamp, place: Int)], where holds: (Timestamp) -> Bool
  ) -> Int {
    var (low, high) = (0, list.count)
    while low < high {
      let middle = (low + high) / 2
      if holds(list[middle].asked) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
