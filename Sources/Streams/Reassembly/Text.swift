import Packets

/// The payload of a segment, or what is left of it after trimming (RFC 9293 calls it the segment's text).
struct Text {
  /// The sequence number of the first byte.
  private(set) var sequence: SequenceNumber
  /// Bytes on the wire.
  private(set) var length: Int
  /// The captured ones of them, as a range of the packet's bytes.
  private(set) var payload: Range<Int>

  init(_ incoming: Incoming) {
    sequence = incoming.sequence
    length = incoming.length
    payload = incoming.payload
  }

  var isEmpty: Bool { length == 0 }

  /// Drops the bytes before the in-order front, which lies `-ahead` bytes behind the first one; none if `ahead` is positive.
  mutating func drop(_ ahead: Int) {
    guard ahead < 0 else { return }
    self = part(min(-ahead, length), max(0, length + ahead))
  }

  /// Cuts what lies at or after a sequence number.
  mutating func cut(at end: SequenceNumber) {
    self = part(0, min(length, max(0, sequence.distance(to: end))))
  }

  /// A part of the text.
  func part(_ offset: Int, _ count: Int) -> Text {
    let lower = min(payload.lowerBound + offset, payload.upperBound)
    var result = self
    result.sequence = sequence.advanced(by: offset)
    result.length = count
    result.payload = lower..<min(lower + count, payload.upperBound)
    return result
  }
}
