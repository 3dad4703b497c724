import Packets
import SocketIO

/// The latest messages of a stream while nothing but its messages comes: all that each of them changes.
///
/// They are counted in the stream's run some at a time.
struct QuietRun {
  /// Messages held before they are counted: as many as fill, with the rest and an object's header, two lines of a cache.
  private static let capacity = 20

  /// The stream's event; no name while none is under way.
  private(set) var name = NameID(rawValue: -1)
  /// How many messages are held.
  private(set) var count: Int32 = 0
  private(set) var last = PacketReference(capture: 0, number: 0, time: Timestamp(nanoseconds: 0))
  /// The longest gap that is not for the tracker to judge, in nanoseconds.
  private var longestGap: UInt32 = 0
  /// The gap before each message held, in nanoseconds.
  private var gapsBefore = InlineArray<20, UInt32>(repeating: 0)

  /// No stream.
  init() {}

  /// A run that goes on.
  init(of run: StreamRun, pauseFloor: Interval) {
    name = run.name
    last = run.last
    longestGap = UInt32(clamping: pauseFloor.nanoseconds)
  }

  var isUnderWay: Bool { name.rawValue >= 0 }

  var isFull: Bool { count == QuietRun.capacity }

  /// Whether a message only goes on with the stream: the same event, and no pause before it.
  @inline(__always)
  func takes(_ name: NameID, at time: Timestamp) -> Bool {
    let gap = (time - last.time).nanoseconds
    return name == self.name && gap >= 0 && gap <= Int64(longestGap)
  }

  /// Holds a message; there must be room.
  @inline(__always)
  mutating func add(_ reference: PacketReference) {
    gapsBefore[Int(count)] = UInt32(truncatingIfNeeded: (reference.time - last.time).nanoseconds)
    count &+= 1
    last = reference
  }

  /// The gaps before the messages held.
  var gaps: some Sequence<Interval> {
    (0..<Int(count)).lazy.map { Interval(nanoseconds: Int64(gapsBefore[$0])) }
  }

  /// Forgets the messages held, which have been counted.
  mutating func clear() { count = 0 }
}
