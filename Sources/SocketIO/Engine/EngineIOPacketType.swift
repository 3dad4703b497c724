/// The type of an Engine.IO packet (engine.io-protocol, "Packet types").
package enum EngineIOPacketType: UInt8, Hashable, Sendable, CaseIterable {
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
}
