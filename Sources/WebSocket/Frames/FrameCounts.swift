/// How many frames of each kind a direction has carried; each counts when its last byte has passed.
///
/// Counters wrap around at 2^32.
package struct FrameCounts: BitwiseCopyable, Equatable, Sendable {
  /// First or only frames of text messages.
  package var text: UInt32 = 0
  /// First or only frames of binary messages.
  package var binary: UInt32 = 0
  /// Frames that go on with a message.
  package var continuation: UInt32 = 0
  /// Ping frames.
  package var ping: UInt32 = 0
  /// Pong frames, asked for or not.
  package var pong: UInt32 = 0
  /// Close frames.
  package var close: UInt32 = 0
  /// Frames with a reserved opcode.
  package var reserved: UInt32 = 0
  /// Frames of any kind with a masking key.
  package var masked: UInt32 = 0
  /// Frames of compressed messages, their continuations included.
  package var compressed: UInt32 = 0

  /// All frames.
  package var total: UInt32 { text &+ binary &+ continuation &+ ping &+ pong &+ close &+ reserved }

  /// No frames.
  package init() {}

  /// Counts a frame.
  @inline(__always)
  mutating func count(_ opcode: Opcode, isMasked: Bool, isCompressed: Bool) {
    switch opcode {
    case .text: text &+= 1
    case .binary: binary &+= 1
    case .continuation: continuation &+= 1
    case .ping: ping &+= 1
    case .pong: pong &+= 1
    case .close: close &+= 1
    default: reserved &+= 1
    }
    if isMasked { masked &+= 1 }
    if isCompressed { compressed &+= 1 }
  }
}
