import Packets

extension StreamEvent {
  /// The event with its direction reversed, if it is one of a connection whose client and server were exchanged.
  func swappingRoles(of slot: Int32) -> StreamEvent {
    switch self {
    case .data(slot, let direction, let range): .data(slot, direction.reversed, range)
    case .buffered(slot, let direction, let segment): .buffered(slot, direction.reversed, segment)
    case .truncated(slot, let direction, let length, let reference):
      .truncated(slot, direction.reversed, length: length, reference)
    case .gap(slot, let direction, let gap): .gap(slot, direction.reversed, gap)
    case .fin(slot, let direction, let reference): .fin(slot, direction.reversed, reference)
    case .reset(slot, let direction, let kind): .reset(slot, by: direction.reversed, kind)
    case .health(slot, let direction, let event): .health(slot, direction.reversed, event)
    case .conflict(slot, let direction, let conflict): .conflict(slot, direction.reversed, conflict)
    default: self
    }
  }
}
