/// The name of a Socket.IO event, as its number in the table of names.
package struct EventName: Hashable, Sendable {
  package var rawValue: Int32

  @inlinable
  package init(rawValue: Int32) { self.rawValue = rawValue }
}
