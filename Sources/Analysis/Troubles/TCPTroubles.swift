import Packets
import Streams

/// What held a connection's bytes back or left them without an answer, under the direction of the sender it concerns.
package struct TCPTroubles: Sendable {
  /// Bytes that had to be sent again after a timeout.
  package var losses = Directional(both: LossRecord())
  /// Windows that the sender of a direction closed, so that the other side had to wait.
  package var closedWindows = Directional(both: WindowRecord())
  /// Probes and repetitions of a sender since its peer was heard last.
  package var probes = Directional(both: ProbeRun())
  /// Times in which the round trip of a sender's data was far above its habit.
  package var slowPaths = Directional(both: SlowPathRecord())
  /// Copies of the same sequence numbers with different bytes.
  package var conflicts = ConflictRecord()
  /// WebSocket pings that were never answered, by the direction of the ping.
  package var pings = Directional<UnansweredPing?>(both: nil)

  package init() {}

  /// Takes what a segment showed about the network and its ends.
  ///
  /// `direction` is that of the segment, `sender` the half that sent it (the segment included), `receiver` the other.
  mutating func note(
    _ event: HealthEvent, _ direction: Direction, _ at: PacketReference, sender: HalfConnection,
    receiver: HalfConnection
  ) {
    probes[direction.reversed].heardPeer()
    switch event {
    case .retransmission(let again):
      repeated(again, direction, at, sender: sender, receiver: receiver)
    case .keepAlive where receiver.window > 0:
      probes[direction].add(at, since: at.time, isKeepAlive: true, mark: ProbeRun.Mark(sender, receiver))
    case .windowFull where receiver.window < WindowRecord.smallWindow: closedWindows[direction.reversed].filled(at)
    case .zeroWindowOpened: closedWindows[direction].opened(at)
    case .zeroWindowClosed: closedWindows[direction].closed(at)
    case .roundTripOutlier(let roundTrip, let usual): slowPaths[direction.reversed].add(roundTrip, usual: usual, at: at)
    default: break
    }
  }

  private mutating func repeated(
    _ again: Retransmission, _ direction: Direction, _ at: PacketReference, sender: HalfConnection,
    receiver: HalfConnection
  ) {
    // A FIN that is repeated delays nobody; what waits for a closed window is the receiver's doing.
    guard again.kind != .spurious, let since = sender.unacknowledgedSince, receiver.window > 0,
      !(sender.hasFIN && again.length <= 1)
    else { return }
    probes[direction].add(at, since: since, isKeepAlive: false, mark: ProbeRun.Mark(sender, receiver))
    if again.kind == .fast { losses[direction].repeatedFast(again.length, at: at) }
    let waited = at.time - since
    let roundTrip = sender.roundTrip.smoothed ?? .zero
    guard again.kind != .fast, waited >= LossRecord.leastWait, waited > roundTrip + roundTrip else { return }
    if let end = closedWindows[direction.reversed].lastEnd, end.time >= since { return }
    losses[direction].repeated(since: since, at: at)
  }

  /// The same at the connection's end: probes that got an answer after all don't count.
  func settled(_ halves: Directional<HalfConnection>) -> TCPTroubles {
    var settled = self
    for direction in Direction.allCases {
      settled.probes[direction].settle(halves[direction], halves[direction.reversed])
    }
    return settled
  }

  /// Exchanges client and server.
  mutating func swapRoles() {
    losses.swapRoles()
    closedWindows.swapRoles()
    probes.swapRoles()
    slowPaths.swapRoles()
    pings.swapRoles()
  }
}

extension Directional {
  /// Exchanges client and server.
  mutating func swapRoles() { swap(&clientToServer, &serverToClient) }
}

/// The troubles of one connection, kept apart because nearly all connections have none.
final class TroubleNotes: Sendable {
  let troubles: TCPTroubles

  init(_ troubles: TCPTroubles) { self.troubles = troubles }
}

extension TCPTroubles {
  /// No trouble at all.
  static let none = TCPTroubles()
}

extension TCPFacts {
  /// What held the connection's bytes back.
  package var troubles: TCPTroubles { troubleNotes?.troubles ?? .none }
}

/// The troubles of a connection that is open.
final class TroubleWatch {
  var troubles = TCPTroubles()
}

extension Conversation {
  /// Where troubles are noted; comes into being with the first one.
  var watch: TroubleWatch {
    if let troubles { return troubles }
    let made = TroubleWatch()
    troubles = made
    return made
  }
}
