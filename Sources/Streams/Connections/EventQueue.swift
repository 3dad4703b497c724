/// Events that wait for the caller, first in first out.
struct EventQueue: Sendable {
  private var events: [StreamEvent] = []
  private var head = 0

  var isEmpty: Bool { head == events.count }

  mutating func append(_ event: StreamEvent) { events.append(event) }

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
