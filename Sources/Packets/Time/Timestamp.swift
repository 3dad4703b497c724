/// A moment, in nanoseconds since 1970-01-01T00:00:00Z.
///
/// All time in the program is capture time: nothing but the live clock's tick ever asks the machine for it.
package struct Timestamp: BitwiseCopyable, Hashable, Comparable, Sendable {
  /// Nanoseconds since the epoch.
  package var nanoseconds: Int64

  @inlinable @inline(__always)
  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  @inlinable @inline(__always)
  package static func < (a: Timestamp, b: Timestamp) -> Bool { a.nanoseconds < b.nanoseconds }

  // The defaults of `Comparable` are behind witness tables that other modules cannot see through.
  @inlinable @inline(__always)
  package static func == (a: Timestamp, b: Timestamp) -> Bool { a.nanoseconds == b.nanoseconds }
  @inlinable @inline(__always)
  package static func <= (a: Timestamp, b: Timestamp) -> Bool { a.nanoseconds <= b.nanoseconds }
  @inlinable @inline(__always)
  package static func > (a: Timestamp, b: Timestamp) -> Bool { a.nanoseconds > b.nanoseconds }
  @inlinable @inline(__always)
  package static func >= (a: Timestamp, b: Timestamp) -> Bool { a.nanoseconds >= b.nanoseconds }

  /// The time from `earlier` to `later`; negative where a clock stepped back.
  @inlinable @inline(__always)
  package static func - (later: Timestamp, earlier: Timestamp) -> Interval {
    Interval(nanoseconds: later.nanoseconds &- earlier.nanoseconds)
  }

  @inlinable @inline(__always)
  package static func + (time: Timestamp, interval: Interval) -> Timestamp {
    Timestamp(nanoseconds: time.nanoseconds &+ interval.nanoseconds)
  }
}

/// A length of time, in nanoseconds.
package struct Interval: BitwiseCopyable, Hashable, Comparable, Sendable {
  /// Nanoseconds; negative where a clock stepped back.
  package var nanoseconds: Int64

  @inlinable @inline(__always)
  package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  @inlinable @inline(__always)
  package static func < (a: Interval, b: Interval) -> Bool { a.nanoseconds < b.nanoseconds }

  // The defaults of `Comparable` are behind witness tables that other modules cannot see through.
  @inlinable @inline(__always)
  package static func == (a: Interval, b: Interval) -> Bool { a.nanoseconds == b.nanoseconds }
  @inlinable @inline(__always)
  package static func <= (a: Interval, b: Interval) -> Bool { a.nanoseconds <= b.nanoseconds }
  @inlinable @inline(__always)
  package static func > (a: Interval, b: Interval) -> Bool { a.nanoseconds > b.nanoseconds }
  @inlinable @inline(__always)
  package static func >= (a: Interval, b: Interval) -> Bool { a.nanoseconds >= b.nanoseconds }

  @inlinable @inline(__always)
  package static func + (a: Interval, b: Interval) -> Interval {
    Interval(nanoseconds: a.nanoseconds &+ b.nanoseconds)
  }

  @inlinable @inline(__always)
  package static func - (a: Interval, b: Interval) -> Interval {
    Interval(nanoseconds: a.nanoseconds &- b.nanoseconds)
  }

  @inlinable package static var zero: Interval { Interval(nanoseconds: 0) }

  package static func milliseconds(_ count: Int64) -> Interval { Interval(nanoseconds: count * 1_000_000) }

  /// An interval of seconds; values beyond 292 years are clamped.
  package static func seconds(_ count: Double) -> Interval {
    Interval(nanoseconds: Int64(exactly: (count * 1e9).rounded()) ?? (count < 0 ? .min : .max))
  }

  /// The interval in seconds.
  package var seconds: Double { Double(nanoseconds) / 1e9 }
}
