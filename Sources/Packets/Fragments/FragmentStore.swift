import Bytes

/// The datagrams whose fragments have not all come, within ``FragmentLimits``.
struct FragmentStore {
  let limits: FragmentLimits
  /// How many fragments of each capture were given up with their datagrams, which grew too old or had to make room.
  private var abandonedCounts: [Int: Int] = [:]
  private var datagrams: [FragmentKey: FragmentedDatagram] = [:]
  /// The keys in the order of their datagrams' first fragments, with those of completed ones still among them.
  private var order: [(key: FragmentKey, start: Timestamp)] = []
  /// Where `order` begins; what is before is done with.
  private var oldest = 0
  private var byteCount = 0

  /// The largest datagram, as 16 bits of length have it.
  private static let maximumDatagram = 65_535

  init(limits: FragmentLimits) { self.limits = limits }

  /// How many fragments of each capture belong to datagrams that are not complete: given up, or still waiting.
  var incompleteCounts: [Int: Int] {
    datagrams.reduce(into: abandonedCounts) { $0[$1.key.capture, default: 0] += $1.value.fragmentCount }
  }

  /// Takes a fragment in, and gives its datagram where that is now complete.
  ///
  /// `piece` is what was captured of it, `wireCount` its bytes on the wire.
  mutating func insert(
    _ piece: RawSpan, wireCount: Int, at position: FragmentPosition, of key: FragmentKey, time: Timestamp
  ) throws(ParseError) -> FragmentedDatagram? {
    guard position.offset + wireCount <= FragmentStore.maximumDatagram else {
      throw ParseError(.fragment, .invalid("offset and length"))
    }
    // RFC 791 section 3.2: offsets count units of 8 bytes, so that only the last fragment can end between.
    guard position.isLast || wireCount % 8 == 0, wireCount > 0 else {
      throw ParseError(.fragment, .invalid("length"))
    }
    abandonOutdated(at: time)
    var datagram = datagrams.removeValue(forKey: key) ?? begin(key, at: time)
    byteCount -= datagram.bytes.count
    datagram.insert(piece, wireCount: wireCount, at: position)
    if datagram.isComplete { return datagram }
    byteCount += datagram.bytes.count
    datagrams[key] = datagram
    makeRoom()
    return nil
  }

  private mutating func begin(_ key: FragmentKey, at time: Timestamp) -> FragmentedDatagram {
    order.append((key, time))
    return FragmentedDatagram(start: time)
  }

  private mutating func abandonOutdated(at time: Timestamp) {
    while oldest < order.count, time - order[oldest].start > limits.age { abandonOldest() }
  }

  private mutating func makeRoom() {
    while datagrams.count > limits.datagrams || byteCount > limits.bytes, oldest < order.count { abandonOldest() }
    // Keys of completed datagrams must not pile up behind one that stays open.
    if order.count > 2 * limits.datagrams + 64 { forgetCompleted() }
  }

  /// Steps over the oldest key, and drops its datagram unless that was completed before.
  private mutating func abandonOldest() {
    let (key, start) = order[oldest]
    oldest += 1
    guard let datagram = datagrams[key], datagram.start == start else { return }
    byteCount -= datagram.bytes.count
    abandonedCounts[key.capture, default: 0] += datagram.fragmentCount
    datagrams[key] = nil
  }

  private mutating func forgetCompleted() {
    order = order[oldest...].filter { datagrams[$0.key]?.start == $0.start }
    oldest = 0
  }
}
