import Packets

/// A time in which a receiver's window was closed.
package struct ClosedWindow: Sendable {
  /// The segment that closed it.
  package var from: PacketReference
  /// The segment that opened it again; `nil` where none was seen.
  package var until: PacketReference?
}

/// How often and how long one side closed its receive window.
package struct WindowRecord: Sendable {
  /// Windows kept one by one, the first ones.
  static let mostWindows = 64
  /// Two segments of Ethernet's size: a window below that makes a sender wait after each (RFC 9293 section 3.8.6.2.2).
  static let smallWindow: UInt32 = 2 * 1460

  package private(set) var windows: [ClosedWindow] = []
  package private(set) var count = 0
  /// The window that was closed longest, of those that were opened again.
  package private(set) var longest: ClosedWindow?
  /// The window that is closed now.
  package private(set) var open: ClosedWindow?
  /// How long the windows that were opened again had been closed together.
  package private(set) var closedTime = Interval.zero
  /// How often the sender filled a small window to its last byte, and when first and last.
  package private(set) var filled: (count: Int, first: PacketReference, last: PacketReference)?
  /// When a window was opened again last.
  package private(set) var lastEnd: PacketReference?

  package init() {}

  mutating func opened(_ at: PacketReference) {
    count += 1
    open = ClosedWindow(from: at, until: nil)
  }

  /// Takes a segment that fills a small window: its sender has more, and waits.
  mutating func filled(_ at: PacketReference) {
    filled = (count: (filled?.count ?? 0) + 1, first: filled?.first ?? at, last: at)
  }

  mutating func closed(_ at: PacketReference) {
    guard var window = open else { return }
    window.until = at
    open = nil
    lastEnd = at
    if windows.count < WindowRecord.mostWindows { windows.append(window) }
    let length = at.time - window.from.time
    closedTime = closedTime + max(.zero, length)
    if let known = longest, let end = known.until, end.time - known.from.time >= length { return }
    longest = window
  }
}
