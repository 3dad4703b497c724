import Packets

/// When a server's messages come: the part of ``ShapeMeter`` that every packet changes.
///
/// It is small and stands beside what a packet touches anyway; what is rare about the shape stands in ``ShapeMeter``.
struct Rhythm {
  /// Messages within this time of each other come together.
  static let together = Interval.milliseconds(1)
  /// A silence that people feel, and the fewest messages behind it that make a burst.
  static let leastSilence = Interval.milliseconds(250)
  static let fewestMessages: UInt32 = 3

  /// When bytes came last; the distant past before the first.
  private var last = Timestamp(nanoseconds: .min)
  /// The time without any bytes before those that are coming now.
  private(set) var silence = Interval.zero
  /// What has come since then.
  private(set) var messages: UInt32 = 0
  private(set) var bytes: UInt32 = 0
  /// How often something came on its own after a shorter silence than makes a burst.
  private(set) var loneArrivals: UInt32 = 0
  /// Segments that could have waited for a slow acknowledgement and did not (see ``NagleMeter``).
  private(set) var freeSends: UInt32 = 0

  /// Whether what has come since the last silence is a burst.
  var isBurst: Bool { messages >= Rhythm.fewestMessages && silence >= Rhythm.leastSilence }

  /// The time since bytes came last, where bytes come now.
  @inline(__always)
  func gap(at time: Timestamp) -> Interval { time - last }

  /// Takes note of a segment that did not wait for a slow acknowledgement.
  @inline(__always)
  mutating func noteFreeSend() { freeSends &+= 1 }

  /// Takes the bytes of a packet that go on with those before.
  @inline(__always)
  mutating func goOn(at time: Timestamp, length: Int, messages count: UInt32) {
    last = time
    messages &+= count
    bytes &+= UInt32(truncatingIfNeeded: length)
  }

  /// Takes the first bytes after a silence.
  @inline(__always)
  mutating func begin(at time: Timestamp, after gap: Interval, length: Int, messages count: UInt32) {
    if silence < Rhythm.leastSilence { loneArrivals &+= 1 }
    last = time
    silence = gap
    messages = count
    bytes = UInt32(truncatingIfNeeded: length)
  }
}
