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

  package private(set) var windows: [ClosedWindow] = []
  package private(set) var count = 0
  /// The window that was closed longest, of those that were opened again.
  package private(set) var longest: ClosedWindow?
  /// The window that is closed now.
  package private(set) var open: ClosedWindow?
  /// When a window was opened again last.
  private(set) var lastEnd: PacketReference?

  package init() {}

  mutating func opened(_ at: PacketReference) {
    count += 1
    open = ClosedWindow(from: at, until: nil)
  }

  mutating func closed(_ at: PacketReference) {
    guard var window = open else { return }
    window.until = at
    open = nil
    lastEnd = at
    if windows.count < WindowRecord.mostWindows { windows.append(window) }
    let length = at.time - window.from.time
    if let known = longest, let end = known.until, end.time - known.from.time >= length { return }
    longest = window
  }
}
