import Packets
import SocketIO

/// Follows the heartbeats of a session on one leg (engine.io-protocol, "Heartbeat").
///
/// One side pings (the server in revision 4, the client in 3), the other answers with a pong. All other packets are of no
/// account: neither side lets them count.
struct HeartbeatWatch {
  /// The last ping or pong, or the handshake: the next ping comes an interval later.
  private(set) var last: PacketReference?
  /// The ping that waits for its pong.
  private(set) var unanswered: PacketReference?

  /// Which part of a wait is taken for the whole: a client that gives up counts from its own receipt of the last ping.
  private static let tolerance = 0.98

  /// What a wait was for, and since when.
  struct Wait {
    var missing: HeartbeatMiss.Missing
    var from: PacketReference
    var limit: Interval
    var fatal: Interval
  }

  /// The timers that the handshake told, and what they mean for the two waits.
  struct Timers {
    var interval: Interval
    var timeout: Interval
    var version: EngineIOVersion

    /// A server may be late by five seconds, if its timeout is not shorter, before a person should know; a client whose
    /// timers a browser has slowed down is late only where the server would give it up.
    var pingLimit: Interval { version == .v4 ? interval + min(.seconds(5), timeout) : interval + timeout }
    var pingFatal: Interval { interval + timeout }
    var pongLimit: Interval { Interval(nanoseconds: timeout.nanoseconds / 2) }
  }

  mutating func begin(at reference: PacketReference) { last = last ?? reference }

  /// Takes a ping; the wait that it ended, where that was too long.
  ///
  /// On long-polling nothing can come before the client asks: `asked` is the moment at which it did.
  mutating func ping(at reference: PacketReference, _ timers: Timers?, asked: PacketReference?) -> Wait? {
    // What waited behind a hole is told after its answer.
    if let last, last.time > reference.time { return nil }
    let wait = timers.flatMap { overdue($0, at: reference.time, asked: asked) }
    last = reference
    if unanswered == nil { unanswered = reference }
    return wait?.missing == .ping ? wait : nil
  }

  /// Takes a pong; the wait that it ended, where that was too long.
  mutating func pong(at reference: PacketReference, _ timers: Timers?) -> Wait? {
    defer {
      unanswered = nil
      advance(to: reference)
    }
    guard let timers, let unanswered, reference.time - unanswered.time > timers.pongLimit else { return nil }
    return Wait(missing: .pong, from: unanswered, limit: timers.pongLimit, fatal: timers.timeout)
  }

  /// The wait that is too long at a moment.
  ///
  /// A heartbeat counts as missing some hundredths early: the timers of both sides are not the capture's clock.
  func overdue(_ timers: Timers, at time: Timestamp, asked: PacketReference?) -> Wait? {
    if let unanswered, (time - unanswered.time).seconds >= timers.timeout.seconds * HeartbeatWatch.tolerance {
      return Wait(missing: .pong, from: unanswered, limit: timers.timeout, fatal: timers.timeout)
    }
    guard let last, unanswered == nil || timers.version == .v3 else { return nil }
    let due = max(last.time + timers.interval, asked?.time ?? last.time)
    let allowed = timers.pingLimit.seconds * HeartbeatWatch.tolerance - timers.interval.seconds
    guard (time - due).seconds > allowed else { return nil }
    return Wait(missing: .ping, from: last, limit: timers.pingLimit, fatal: timers.pingFatal)
  }

  /// Starts over where packets are missing; what came behind them stands.
  mutating func forget(at reference: PacketReference) {
    if let ping = unanswered, ping.time <= reference.time { unanswered = nil }
    if last != nil { advance(to: reference) }
  }

  private mutating func advance(to reference: PacketReference) {
    if last.map({ $0.time < reference.time }) ?? true { last = reference }
  }
}
