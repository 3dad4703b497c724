/// The type of an Engine.IO packet (engine.io-protocol, "Packet types").
package enum EngineIOPacketType: UInt8, BitwiseCopyable, Hashable, Sendable, CaseIterable {
  case open = 0
  case close = 1
  case ping = 2
  case pong = 3
  case message = 4
  case upgrade = 5
  case noop = 6

  /// The type that an ASCII digit stands for; `nil` for every other byte.
  @inlinable
  package init?(digit: UInt8) { self.init(rawValue: digit &- 0x30) }

  /// The name of the type in the protocol document.
  package var name: StaticString {
    switch self {
    case .open: "open"
    case .close: "close"
    case .ping: "ping"
    case .pong: "pong"
    case .message: "message"
    case .upgrade: "upgrade"
    case .noop: "noop"
    }
  }
}
