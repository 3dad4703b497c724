import Packets
import WebSocket

/// WebSocket pings (RFC 6455 section 5.5.2) that wait for a pong.
package struct UnansweredPing: Sendable {
  /// The first of them.
  package var first: PacketReference
  package var last: PacketReference
  package var count = 1
  /// Whole messages of the other side when the first was sent: a peer that goes on talking is alive.
  var peerMessages: Int
}

/// The pings of both sides that wait for their pongs; most WebSockets carry none.
final class PingWatch {
  /// By the direction of the ping.
  var waiting = Directional<UnansweredPing?>(both: nil)
}

extension WebSocketChannel {
  /// Takes a ping or a pong.
  ///
  /// "If an endpoint receives a Ping frame and has not yet sent Pong frame(s) in response to previous Ping frame(s), the
  /// endpoint MAY elect to send a Pong frame for only the most recently processed Ping frame" (section 5.5.3).
  func noteControl(_ opcode: Opcode, _ direction: Direction, at reference: PacketReference) {
    if opcode == .pong {
      pings?.waiting[direction.reversed] = nil
      return
    }
    let watch = pings ?? PingWatch()
    pings = watch
    if var waiting = watch.waiting[direction] {
      waiting.last = reference
      waiting.count += 1
      watch.waiting[direction] = waiting
    } else {
      watch.waiting[direction] = UnansweredPing(
        first: reference, last: reference, peerMessages: messageCount(direction.reversed))
    }
  }

  /// The pings of each direction to which nothing at all came back.
  var unansweredPings: Directional<UnansweredPing?> {
    guard var unanswered = pings?.waiting else { return Directional(both: nil) }
    for direction in Direction.allCases
    where unanswered[direction].map({ $0.peerMessages != messageCount(direction.reversed) }) ?? false {
      unanswered[direction] = nil
    }
    return unanswered
  }

  /// Whole messages that a direction has carried.
  func messageCount(_ direction: Direction) -> Int {
    let counts = direction == .clientToServer ? decoders.clientToServer.messages : decoders.serverToClient.messages
    return Int(counts.text) + Int(counts.binary) + Int(counts.ping) + Int(counts.pong) + Int(counts.close)
  }
}
