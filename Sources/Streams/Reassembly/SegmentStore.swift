import Bytes
import Packets

/// The out-of-order payload of one direction.
///
/// Positions count from where the first stored segment found the in-order front, so that they never wrap.
struct SegmentStore: Sendable {
  /// Payload that waits for what comes before it.
  struct Piece: Sendable {
    /// The positions that it takes on the wire.
    var range: Range<Int>
    /// Its captured bytes: fewer than positions where the snap length cut the packet.
    var bytes: [UInt8]
    var reference: PacketReference
  }

  /// The position of the next byte in order.
  private(set) var front = 0
  /// The stored pieces, ascending and apart from each other.
  private(set) var pieces: [Piece] = []
  /// Captured bytes held.
  private(set) var byteCount = 0
  private var assembler = Assembler()

  var isEmpty: Bool { pieces.isEmpty }

  /// Bytes missing before the first stored piece.
  var missing: Int? { assembler.firstPresent.map { $0 - front } }

  /// Whether every byte of a range of positions is stored.
  func contains(_ range: Range<Int>) -> Bool { assembler.contains(range) }

  /// Stores what is new of a segment.
  ///
  /// - Parameters:
  ///   - range: the positions that the segment takes on the wire, none of them before the front.
  ///   - payload: its captured bytes, as a range of `frame`, no longer than `range`.
  ///   - frame: the packet's bytes.
  ///   - reference: the packet.
  mutating func insert(_ range: Range<Int>, _ payload: Range<Int>, in frame: RawSpan, _ reference: PacketReference) {
    for part in assembler.insert(range) {
      let lower = min(payload.lowerBound + (part.lowerBound - range.lowerBound), payload.upperBound)
      let upper = min(lower + part.count, payload.upperBound)
      let piece = Piece(range: part, bytes: frame.copy(lower..<upper), reference: reference)
      byteCount += piece.bytes.count
      pieces.insert(piece, at: index(of: part.lowerBound))
    }
  }

  /// The parts of a range that no stored piece covers, ascending.
  func absent(in range: Range<Int>) -> [Range<Int>] {
    var scratch = assembler
    return scratch.insert(range)
  }

  /// How a segment's bytes differ from the stored copies of the same positions; `nil` where they don't.
  func conflict(_ range: Range<Int>, _ payload: Range<Int>, in frame: RawSpan) -> Conflict? {
    var conflict: Conflict?
    for piece in pieces[index(of: range.lowerBound)...].prefix(while: { $0.range.lowerBound < range.upperBound }) {
      let overlap = piece.range.clamped(to: range)
      var isDifferent = false
      for position in overlap {
        let own = payload.lowerBound + (position - range.lowerBound)
        let stored = position - piece.range.lowerBound
        guard own < payload.upperBound, stored < piece.bytes.count else { break }
        if frame.byte(at: own) != piece.bytes[stored] { isDifferent = true }
      }
      guard isDifferent else { continue }
      conflict = Conflict(length: overlap.count + (conflict?.length ?? 0), first: conflict?.first ?? piece.reference)
    }
    return conflict
  }

  /// Moves the front over bytes that were delivered without being stored, or given up.
  mutating func advance(by count: Int) {
    guard !isEmpty else { return }
    front &+= count
  }

  /// Moves the front to where the payload begins, and gives up what is stored before it: a keep-alive's byte.
  ///
  /// - Returns: how many captured bytes were given up.
  mutating func skip(_ count: Int) -> Int {
    advance(by: count)
    let stale = pieces.prefix { $0.range.lowerBound < front }
    guard !stale.isEmpty else { return 0 }
    let held = stale.reduce(0) { $0 + $1.bytes.count }
    pieces.removeFirst(stale.count)
    assembler.removeAll(before: front)
    byteCount -= held
    if pieces.isEmpty { front = 0 }
    return held
  }

  /// The packet of the first piece, where that is in order now.
  var firstReady: PacketReference? { pieces.first.flatMap { $0.range.lowerBound == front ? $0.reference : nil } }

  /// Takes the first stored piece if that is in order now, and moves the front behind it.
  mutating func takeFirstReady() -> Piece? {
    guard let piece = pieces.first, piece.range.lowerBound == front else { return nil }
    front = piece.range.upperBound
    byteCount -= piece.bytes.count
    pieces.removeFirst()
    assembler.removeAll(before: front)
    if pieces.isEmpty { front = 0 }
    return piece
  }

  /// Takes the stored pieces that are in order now, and moves the front behind them.
  mutating func takeReady() -> [Piece] {
    var count = 0
    while count < pieces.count, pieces[count].range.lowerBound == front {
      front = pieces[count].range.upperBound
      byteCount -= pieces[count].bytes.count
      count += 1
    }
    guard count > 0 else { return [] }
    let ready = Array(pieces[..<count])
    pieces.removeSubrange(..<count)
    assembler.removeAll(before: front)
    if pieces.isEmpty { front = 0 }
    return ready
  }

  /// The index of the first piece that ends after a position, by halving; new data nearly always goes to the end.
  private func index(of position: Int) -> Int {
    guard let last = pieces.last, last.range.upperBound > position else { return pieces.count }
    var low = 0
    var high = pieces.count - 1
    while low < high {
      let middle = (low + high) / 2
      if pieces[middle].range.upperBound > position { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
