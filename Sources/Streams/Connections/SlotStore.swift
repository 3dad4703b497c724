/// Values at dense, reusable slots, in pages so that growth never copies what is there.
struct SlotStore<Value> {
  private var pages: [[Value]] = []
  private var free: [Int32] = []
  /// Slots ever used: the exclusive upper bound of all slots.
  private(set) var bound: Int32 = 0

  private static var pageShift: Int32 { 9 }
  private static var pageMask: Int { 1 << Int(pageShift) - 1 }

  /// Slots in use.
  var count: Int { Int(bound) - free.count }

  @inline(__always)
  subscript(slot: Int32) -> Value {
    get { pages[Int(slot &>> Self.pageShift)][Int(slot) & Self.pageMask] }
    _modify { yield &pages[Int(slot &>> Self.pageShift)][Int(slot) & Self.pageMask] }
  }

  /// Puts a value into a free slot.
  mutating func insert(_ value: Value) -> Int32 {
    if let slot = free.popLast() {
      self[slot] = value
      return slot
    }
    let slot = bound
    bound += 1
    if Int(slot) & Self.pageMask == 0 {
      pages.append([])
      pages[pages.count - 1].reserveCapacity(Self.pageMask + 1)
    }
    pages[pages.count - 1].append(value)
    return slot
  }

  /// Frees a slot; its value stays there until another takes its place.
  mutating func remove(_ slot: Int32) { free.append(slot) }
}

extension SlotStore: Sendable where Value: Sendable {}
