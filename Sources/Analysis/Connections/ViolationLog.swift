import Bytes
import Packets

/// Which rules were broken, by direction, and how often.
///
/// Its size is that of the list of rules, whatever a peer does.
struct ViolationLog {
  struct Entry {
    var rule: BrokenRule
    var direction: Direction
    var value: UInt64
    var isTolerated: Bool
    var first: PacketReference
    var last: PacketReference
    var count = 1
    /// Whether it is only told if more speaks for it than itself.
    var isDoubtful: Bool
  }

  private(set) var entries: [Entry] = []

  /// Notes one occurrence; the entry where it is the first.
  mutating func note(
    _ rule: BrokenRule, _ direction: Direction, value: UInt64 = 0, isTolerated: Bool = false, isDoubtful: Bool = false,
    at reference: PacketReference
  ) -> Entry? {
    if let index = entries.firstIndex(where: { $0.rule == rule && $0.direction == direction }) {
      entries[index].count += 1
      entries[index].last = reference
      // The worse occurrence decides.
      if entries[index].isTolerated, !isTolerated {
        entries[index].isTolerated = false
        entries[index].value = value
      }
      return nil
    }
    let made = Entry(
      rule: rule, direction: direction, value: value, isTolerated: isTolerated, first: reference, last: reference,
      isDoubtful: isDoubtful)
    entries.append(made)
    return made
  }

  /// The last break of a rule by a direction, where it was not tolerated.
  func latest(by direction: Direction) -> Entry? {
    entries.filter { $0.direction == direction && !$0.isTolerated }.max { $0.last.time < $1.last.time }
  }
}

extension ViolationFacts {
  init(_ entry: ViolationLog.Entry, _ place: ConnectionPlace, rolesInferred: Bool) {
    self.init(
      place: place, direction: entry.direction, rule: entry.rule, value: entry.value, isTolerated: entry.isTolerated,
      first: entry.first, last: entry.last, count: entry.count, rolesInferred: rolesInferred)
  }
}

extension ViolationLog: Parceled {
  static var blank: ViolationLog { ViolationLog() }

  mutating func code(_ parcel: Parcel) { parcel.keep(&entries) }
}
