/// Events that wait for the caller, first in first out.
struct EventQueue: Sendable {
  private var events: [StreamEvent] = []
  private var head = 0

  var isEmpty: Bool { head == events.count }

  mutating func append(_ event: StreamEvent) { events.append(event) }

  /// Puts an event before all others.
  mutating func prepend(_ event: StreamEvent) { events.insert(event, at: head) }

  /// Gives the waiting events of a connection the directions that they have now.
  mutating func swapRoles(of slot: Int32) {
    for index in events.indices.dropFirst(head) { events[index] = events[index].swappingRoles(of: slot) }
  }

  mutating func popFirst() -> StreamEvent? {
    guard head < events.count else { return nil }
    let event = events[head]
    head += 1
    if head == events.count {
      events.removeAll(keepingCapacity: head <= 4096)
      head = 0
    }
    return event
  }
}
