import Packets

/// Where a capture's clock goes back from one packet to the next.
package struct ClockSteps: Sendable {
  /// Packets of several queues or interfaces are written within a few milliseconds of their order.
  static let reordering = Interval.milliseconds(20)

  /// Steps beyond what reordering explains.
  package private(set) var count = 0
  /// The largest one, and the packet behind it.
  package private(set) var largest = Interval.zero
  package private(set) var at: PacketReference?
  package private(set) var first: PacketReference?

  package init() {}

  mutating func note(_ reference: PacketReference, after earlier: PacketReference) {
    let step = earlier.time - reference.time
    guard step > ClockSteps.reordering else { return }
    count += 1
    first = first ?? reference
    guard largest < step else { return }
    largest = step
    at = reference
  }
}
