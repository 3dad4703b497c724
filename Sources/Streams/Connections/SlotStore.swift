/// Values at dense slots that are used again.
struct SlotStore<Value> {
  /// The values, those of free slots included.
  var values: [Value] = []
  private var free: [Int32] = []

  /// The exclusive upper bound of all slots ever used.
  var bound: Int32 { Int32(truncatingIfNeeded: values.count) }

  @inline(__always)
  subscript(slot: Int32) -> Value {
    _read { yield values[Int(slot)] }
    _modify { yield &values[Int(slot)] }
  }

  /// Puts a value into a free slot.
  mutating func insert(_ value: Value) -> Int32 {
    if let slot = free.popLast() {
      self[slot] = value
      return slot
    }
    values.append(value)
    return bound - 1
  }

  /// Frees a slot; its value stays there until another takes its place.
  mutating func remove(_ slot: Int32) { free.append(slot) }
}

extension SlotStore: Sendable where Value: Sendable {}
