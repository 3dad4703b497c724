import Bytes

/// How much of incomplete datagrams is kept.
package struct FragmentLimits: Sendable {
  /// Incomplete datagrams at once; Linux keeps about as many in its 4 MiB.
  package var datagrams = 1024
  /// Octets of one datagram: what the length fields of IPv4 and IPv6 can say.
  package var datagramBytes = 65_535
  /// How long a datagram is waited for: 30 s as in Linux (RFC 8200 section 4.5 allows 60 s).
  package var age = Interval.seconds(30)

  package init() {}
}

/// Puts fragmented datagrams together (RFC 791 section 3.2, RFC 8200 section 4.5); the first copy of an octet wins.
struct FragmentTable: Sendable {
  /// What the pieces of one datagram share.
  struct Key: Hashable, Sendable {
    var source, destination: IPAddress
    var identification: UInt32
    var nextProtocol: IPProtocol
  }

  /// One fragment without its bytes.
  struct Piece {
    var key: Key
    /// In octets from the datagram's start.
    var offset: Int
    var isLast: Bool
  }

  private struct Partial {
    var bytes: [UInt8] = []
    /// The octets that are there: ranges in ascending order that neither touch nor overlap.
    var present: [Range<Int>] = []
    var length: Int?
    var started: Timestamp

    var isComplete: Bool { present.count == 1 && present[0].lowerBound == 0 && present[0].upperBound == length }
  }

  private let limits: FragmentLimits
  private var partials: [Key: Partial] = [:]

  init(limits: FragmentLimits) { self.limits = limits }

  /// Takes one fragment; the datagram's payload once it is complete.
  ///
  /// - Throws: `SkipReason` where the fragment lies outside what a datagram can hold, or no room is left.
  mutating func receive(
    _ piece: Piece, _ bytes: RawSpan, at time: Timestamp
  ) throws(SkipReason) -> [UInt8]? {
    let end = piece.offset + bytes.byteCount
    guard end <= limits.datagramBytes else { throw .malformed(.fragment) }
    if partials[piece.key] == nil {
      if partials.count >= limits.datagrams {
        partials = partials.filter { time - $0.value.started < limits.age }
      }
      guard partials.count < limits.datagrams else { throw .fragmentLimit }
    }
    var partial = partials.removeValue(forKey: piece.key) ?? Partial(started: time)
    if time - partial.started > limits.age { partial = Partial(started: time) }
    FragmentTable.add(bytes, at: piece.offset, to: &partial)
    if piece.isLast { partial.length = partial.length ?? end }
    if partial.isComplete { return partial.bytes }
    partials[piece.key] = partial
    return nil
  }

  private static func add(_ bytes: RawSpan, at offset: Int, to partial: inout Partial) {
    let range = offset..<(offset + bytes.byteCount)
    if partial.bytes.count < range.upperBound {
      partial.bytes.append(contentsOf: repeatElement(0, count: range.upperBound - partial.bytes.count))
    }
    // What is missing of this range, so that the first copy of an octet stays.
    var at = range.lowerBound
    for held in partial.present where held.upperBound > range.lowerBound && held.lowerBound < range.upperBound {
      copy(bytes, from: at - offset, to: held.lowerBound - offset, into: &partial.bytes, offset: offset)
      at = max(at, held.upperBound)
    }
    copy(bytes, from: at - offset, to: bytes.byteCount, into: &partial.bytes, offset: offset)
    merge(range, into: &partial.present)
  }

  private static func copy(_ bytes: RawSpan, from: Int, to: Int, into target: inout [UInt8], offset: Int) {
    for index in stride(from: from, to: to, by: 1) { target[offset + index] = bytes.byte(at: index) }
  }

  private static func merge(_ range: Range<Int>, into present: inout [Range<Int>]) {
    var merged = range
    present.removeAll { held in
      guard held.lowerBound <= merged.upperBound, held.upperBound >= merged.lowerBound else { return false }
      merged = min(held.lowerBound, merged.lowerBound)..<max(held.upperBound, merged.upperBound)
      return true
    }
    present.insert(merged, at: present.firstIndex { $0.lowerBound > merged.lowerBound } ?? present.count)
  }
}
