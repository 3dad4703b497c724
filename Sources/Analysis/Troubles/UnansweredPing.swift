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

extension WebSocketChannel {
  /// Takes a ping or a pong.
  ///
  /// "If an endpoint receives a Ping frame and has not yet sent Pong frame(s) in response to previous Ping frame(s), the
  /// endpoint MAY elect to send a Pong frame for only the most recently processed Ping frame" (section 5.5.3).
  func noteControl(_ opcode: Opcode, _ direction: Direction, at reference: PacketReference) {
    if opcode == .pong {
      pings[direction.reversed] = nil
    } else if var waiting = pings[direction] {
      waiting.last = reference
      waiting.count += 1
      pings[direction] = waiting
    } else {
      pings[direction] = UnansweredPing(
        first: reference, last: reference, peerMessages: messageCount(direction.reversed))
    }
  }

  /// The pings of each direction to which nothing at all came back.
  var unansweredPings: Directional<UnansweredPing?> {
    var unanswered = pings
    for direction in Direction.allCases
    where pings[direction].map({ $0.peerMessages != messageCount(direction.reversed) }) ?? false {
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
