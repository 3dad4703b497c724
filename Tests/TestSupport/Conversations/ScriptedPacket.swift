import Packets

/// A packet of a scripted conversation, which later steps of the script may lose, move or repeat.
package struct ScriptedPacket: Hashable, Sendable {
  package var time: Timestamp
  package var direction: Direction
  package var packet: PacketBuilder
  /// Whether the capture misses it.
  package var isDropped = false

  /// The packet as the capture holds it.
  package var recorded: RecordedPacket { RecordedPacket(time: time, packet) }
}
