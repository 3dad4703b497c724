import Packets

/// A silence of the whole capture that its own clock made, or one of the hosts slept through.
///
/// How long anything took across it is not known.
package struct ClockLeap: Sendable, Equatable {
  /// The last packet before it and the first behind it.
  package var from: PacketReference
  package var until: PacketReference
  /// How much further the capture's clock went than the hosts' clocks, at least.
  package var lost: Interval
  /// The host that slept: its clock stood still while another's went on; `nil` where no clock went on.
  package var sleeper: IPAddress?
}

/// Reads the clocks that segments bear (TCP timestamps, RFC 7323 section 3.2), to tell a silence of the network from a
/// leap of the capture's clock.
///
/// "The timestamp clock ... must be at least approximately proportional to real time" (section 5.4). It is the kernel's:
/// a stopped process or a blocked event loop does not hold it up; a machine that sleeps, and a clock that is set, do.
package struct HostClocks: Sendable {
  /// Shorter silences start no alarm of any rule.
  package static let leastSilence = Interval.seconds(2)
  /// The share of a silence that hosts must not have lived through for it to be none of theirs.
  static let leastShare = 0.5
  /// Segments that are read one by one, so that each sender of a short capture is known.
  private static let firstReadings = 4096
  /// How often a clock is read then, and over what time before a silence its pace has to be known.
  private static let pause = Interval.milliseconds(50)
  private static let leastBase = 0.2
  private static let leastTicks = 20.0
  /// Ticks a second of the slowest clocks in use; RFC 7323 allows one.
  private static let slowestPace = 10.0
  /// How much more than the silence may be lost before the values are another clock's, in seconds.
  private static let slack = 1.0
  /// Senders followed at once; then all are forgotten, those of connections that ended too.
  private static let mostSenders = 64
  /// Packets behind a silence in which clocks are looked for.
  private static let mostReadings = 256
  /// Leaps remembered; a capture with more is a puzzle of pieces.
  private static let mostLeaps = 256

  private struct Sender: Hashable {
    var source: Endpoint
    var destination: Endpoint
  }

  /// What is known of a sender's clock: its first and its last reading.
  private struct Readings {
    var first: (value: UInt32, time: Timestamp)
    var last: (value: UInt32, time: Timestamp)

    /// Ticks a second; `nil` while that is not known.
    var pace: Double? {
      let base = (last.time - first.time).seconds
      let ticks = Double(Int32(bitPattern: last.value &- first.value))
      return base >= HostClocks.leastBase && ticks >= HostClocks.leastTicks ? ticks / base : nil
    }

    /// The time by the sender's clock since the last reading, at most that where its pace is not known.
    func elapsed(to value: UInt32) -> Double {
      Double(Int32(bitPattern: value &- last.value)) / (pace ?? HostClocks.slowestPace)
    }
  }

  /// A silence whose nature is not known yet, and what hosts' clocks say of it.
  private struct Silence {
    var from: PacketReference
    var until: PacketReference
    var readings = 0
    /// By how much the capture's clock is ahead of each host's that did not live through it.
    var asleep: [IPAddress: Interval] = [:]
    var awake: Set<IPAddress> = []

    var length: Interval { until.time - from.time }
  }

  /// From when on the next segment is read.
  private(set) var due = Timestamp(nanoseconds: .min)
  private var readings = 0
  private var senders: [Sender: Readings] = [:]
  private var silence: Silence?
  private var known: [ClockLeap] = []

  /// The leaps so far.
  var leaps: [ClockLeap] { known + [leap].compactMap { $0 } }

  /// Takes note that no packet came for long.
  mutating func silence(from: PacketReference, to until: PacketReference) {
    conclude()
    silence = Silence(from: from, until: until)
  }

  /// Forgets all readings: the capture's clock went back.
  mutating func forget() {
    conclude()
    senders.removeAll(keepingCapacity: true)
    due = Timestamp(nanoseconds: .min)
  }

  /// Reads the clock of a segment's sender.
  mutating func read(_ segment: Segment) {
    let time = segment.reference.time
    readings += 1
    if silence == nil, readings > HostClocks.firstReadings { due = time + HostClocks.pause }
    guard let value = segment.tcp.options.timestamp?.value else { return }
    let sender = Sender(source: segment.source, destination: segment.destination)
    // A connection may begin at any value, and may have the ports of an earlier one.
    if segment.tcp.flags.contains(.syn) { senders[sender] = nil }
    guard silence == nil else { return judge(sender, value, time) }
    if senders[sender] == nil, senders.count >= HostClocks.mostSenders { senders.removeAll(keepingCapacity: true) }
    senders[sender, default: Readings(first: (value, time), last: (value, time))].last = (value, time)
  }

  private mutating func judge(_ sender: Sender, _ value: UInt32, _ time: Timestamp) {
    guard var silence else { return }
    defer {
      self.silence = silence
      if silence.readings >= HostClocks.mostReadings { conclude() }
    }
    silence.readings += 1
    // A middlebox may send again what it has kept, under its old stamp.
    guard let readings = senders[sender], readings.last.value != value else { return }
    let lost = (time - readings.last.time).seconds - readings.elapsed(to: value)
    let host = sender.source.address
    if lost >= silence.length.seconds * HostClocks.leastShare {
      let isItsClock = lost <= silence.length.seconds + HostClocks.slack
      if isItsClock, !silence.awake.contains(host) { silence.asleep[host] = .seconds(lost) }
    } else if readings.pace == nil {
      // Its pace has to be learned on one side of the silence.
      senders[sender] = Readings(first: (value, time), last: (value, time))
    } else {
      // What came before may have been on its way all the time.
      silence.asleep[host] = nil
      silence.awake.insert(host)
      senders[sender]?.last = (value, time)
    }
  }

  /// What the silence shows; `nil` where a clock went on, or none could be read.
  private var leap: ClockLeap? {
    guard let silence, let (host, lost) = silence.asleep.max(by: { $0.value < $1.value }) else { return nil }
    return ClockLeap(
      from: silence.from, until: silence.until, lost: min(lost, silence.length),
      sleeper: silence.awake.isEmpty ? nil : host)
  }

  private mutating func conclude() {
    if let leap {
      if known.count < HostClocks.mostLeaps { known.append(leap) }
      // By the new time the old readings say nothing.
      senders.removeAll(keepingCapacity: true)
    }
    silence = nil
  }
}
