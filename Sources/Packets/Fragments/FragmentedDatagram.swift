import Bytes

/// An IP datagram that comes in pieces.
///
/// Where two pieces overlap the first copy wins. What was on the wire and what the snap length let through are counted
/// apart, so that a datagram whose pieces were cut is complete all the same, as far as its first cut.
struct FragmentedDatagram {
  /// When its first piece came.
  let start: Timestamp
  /// How many pieces came.
  private(set) var fragmentCount = 0
  private(set) var bytes: [UInt8] = []
  private var onWire = Coverage()
  private var captured = Coverage()
  /// The datagram's bytes, once its last piece came.
  private var length: Int?

  init(start: Timestamp) { self.start = start }

  /// Whether every byte of the datagram was on the wire.
  var isComplete: Bool { length.map { onWire.prefix >= $0 } ?? false }

  /// The datagram's bytes on the wire; meaningful once it is complete.
  var wireLength: Int { length ?? 0 }

  /// The captured bytes up to the first hole that the snap length left.
  var capturedPrefix: [UInt8] {
    let count = min(captured.prefix, wireLength)
    return count == bytes.count ? bytes : Array(bytes[..<count])
  }

  /// Takes in what was captured of a piece, which has `wireCount` bytes on the wire, not fewer.
  mutating func insert(_ piece: RawSpan, wireCount: Int, at position: FragmentPosition) {
    fragmentCount += 1
    if position.isLast, length == nil { length = position.offset + wireCount }
    _ = onWire.insert(position.offset..<position.offset + wireCount)
    let end = position.offset + piece.byteCount
    if bytes.count < end { bytes.append(contentsOf: repeatElement(0, count: end - bytes.count)) }
    for part in captured.insert(position.offset..<end) {
      let source = part.lowerBound - position.offset..<part.upperBound - position.offset
      bytes.replaceSubrange(part, with: piece.copy(source))
    }
  }
}
