/// The newest of a series; older ones are counted, not kept.
package struct Recent<Element> {
  private var ring: [Element] = []
  private var next = 0
  package let capacity: Int
  /// How many were left out.
  package private(set) var leftOut = 0

  package init(capacity: Int) { self.capacity = capacity }

  package mutating func append(_ element: Element) {
    if ring.count < capacity {
      ring.append(element)
    } else {
      leftOut += 1
      guard capacity > 0 else { return }
      ring[next] = element
      next = (next + 1) % capacity
    }
  }

  /// How many are kept.
  package var count: Int { ring.count }

  /// The kept ones, the oldest first.
  package var elements: [Element] { Array(ring[next...] + ring[..<next]) }
}

extension Recent: Sendable where Element: Sendable {}
