/// Finds connections' slots by hash: open addressing, linear probing, removal without tombstones.
///
/// 8 bytes an entry, at most three quarters full. The keys themselves stand in the connections; the caller compares them.
struct FlowIndex: Sendable {
  /// Each entry has the hash's upper half in its upper half and the slot plus one in its lower; 0 is a free entry.
  private var entries: [UInt64]
  private var count = 0

  init() { entries = [UInt64](repeating: 0, count: 64) }

  /// The position at which the search for a hash begins.
  @inline(__always)
  func start(of hash: UInt64) -> Int { Int(hash >> 32) & (entries.count - 1) }

  /// The next slot with an equal hash at or after a position, which moves behind it; -1 where there is none.
  @inline(__always)
  func nextSlot(of hash: UInt64, at position: inout Int) -> Int32 {
    while true {
      let entry = entries[position]
      if entry == 0 { return -1 }
      position = (position + 1) & (entries.count - 1)
      if entry >> 32 == hash >> 32 { return Int32(truncatingIfNeeded: entry & 0xffff_ffff) - 1 }
    }
  }

  /// Adds a slot.
  mutating func insert(_ slot: Int32, hash: UInt64) {
    if (count + 1) * 4 > entries.count * 3 { grow() }
    place(hash & 0xffff_ffff_0000_0000 | UInt64(slot + 1))
    count += 1
  }

  /// Removes a slot that was added with this hash.
  mutating func remove(_ slot: Int32, hash: UInt64) {
    let mask = entries.count - 1
    let wanted = hash & 0xffff_ffff_0000_0000 | UInt64(slot + 1)
    var hole = start(of: hash)
    while entries[hole] != wanted {
      if entries[hole] == 0 { return }
      hole = (hole + 1) & mask
    }
    count -= 1
    // Later entries of the same run move back into the hole unless they would stand before their own start.
    var position = hole
    while true {
      position = (position + 1) & mask
      let entry = entries[position]
      if entry == 0 { break }
      let home = start(of: entry)
      if (position &- home) & mask >= (position &- hole) & mask {
        entries[hole] = entry
        hole = position
      }
    }
    entries[hole] = 0
  }

  private mutating func place(_ entry: UInt64) {
    var position = start(of: entry)
    while entries[position] != 0 { position = (position + 1) & (entries.count - 1) }
    entries[position] = entry
  }

  private mutating func grow() {
    let old = entries
    entries = [UInt64](repeating: 0, count: old.count * 2)
    for entry in old where entry != 0 { place(entry) }
  }
}
