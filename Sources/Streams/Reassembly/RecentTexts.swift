import Bytes
import Packets

/// Remembers what the latest in-order segments carried, to see when a retransmission carries something else.
///
/// Delivered bytes are not kept; a fixed number of their digests is, for all connections together. A retransmission is
/// compared where it begins with the beginning of an earlier segment, as they do; of payloads beyond 128 bytes, both ends
/// and samples between them are compared.
struct RecentTexts: Sendable {
  /// A segment's payload.
  struct Entry {
    var slot: Int32
    var direction: Direction
    var sequence: SequenceNumber
    var length: UInt32
    var digest: UInt64
    var reference: PacketReference
  }

  /// An entry of length 0 is a free one.
  private var entries: [Entry]

  /// 2048 segments: a retransmission timeout or more of the traffic of a busy server, and still small beside a core's
  /// cache.
  private static let count = 2048

  init() {
    let nowhere = PacketReference(capture: 0, number: 0, time: Timestamp(nanoseconds: 0))
    let free = Entry(
      slot: -1, direction: .clientToServer, sequence: SequenceNumber(0), length: 0, digest: 0, reference: nowhere)
    entries = [Entry](repeating: free, count: Self.count)
  }

  /// Remembers a segment's payload; one that the snap length cut has no digest.
  @inline(__always)
  mutating func insert(
    _ slot: Int32, _ direction: Direction, _ sequence: SequenceNumber, _ payload: Range<Int>, in frame: RawSpan,
    _ reference: PacketReference
  ) {
    entries[Self.index(slot, direction, sequence)] = Entry(
      slot: slot, direction: direction, sequence: sequence, length: UInt32(truncatingIfNeeded: payload.count),
      digest: Self.digest(payload, in: frame), reference: reference)
  }

  /// How a segment differs from those earlier ones with the same sequence numbers that are remembered.
  ///
  /// - Parameters:
  ///   - text: the segment's payload, untrimmed.
  ///   - incoming: the segment.
  ///   - start: the connection's first packet, to know its segments from those of an earlier one in its slot.
  ///   - frame: the packet's bytes.
  /// - Returns: the length of what differs, and the packet that came first.
  func conflict(_ text: Text, _ incoming: Incoming, since start: Timestamp, in frame: RawSpan) -> Conflict? {
    var conflict: Conflict?
    var rest = text
    while rest.length == rest.payload.count, let entry = entry(incoming.slot, incoming.direction, rest.sequence),
      entry.reference.time >= start, entry.length > 0, Int(entry.length) <= rest.length
    {
      let same = rest.part(0, Int(entry.length))
      if Self.digest(same.payload, in: frame) != entry.digest {
        conflict = Conflict(
          length: same.length + (conflict?.length ?? 0), first: conflict?.first ?? entry.reference)
      }
      rest = rest.part(same.length, rest.length - same.length)
    }
    return conflict
  }

  private func entry(_ slot: Int32, _ direction: Direction, _ sequence: SequenceNumber) -> Entry? {
    let entry = entries[Self.index(slot, direction, sequence)]
    guard entry.slot == slot, entry.direction == direction, entry.sequence == sequence else { return nil }
    return entry
  }

  @inline(__always)
  private static func index(_ slot: Int32, _ direction: Direction, _ sequence: SequenceNumber) -> Int {
    let key = UInt64(UInt32(bitPattern: slot)) << 33 | UInt64(direction.rawValue) << 32 | UInt64(sequence.rawValue)
    return Int(truncatingIfNeeded: mix(key, 0x9e37_79b9_7f4a_7c15)) & (count - 1)
  }

  /// A digest of eight pairs of words at most, spread evenly, the last among them; they don't wait for each other.
  @inline(__always)
  private static func digest(_ payload: Range<Int>, in frame: RawSpan) -> UInt64 {
    precondition(payload.lowerBound >= 0 && payload.upperBound <= frame.byteCount)
    let count = payload.count
    var digest = UInt64(truncatingIfNeeded: count)
    guard count >= 16 else {
      for offset in payload { digest = mix(digest ^ UInt64(frame.uncheckedByte(at: offset)), 0x9e37_79b9_7f4a_7c15) }
      return digest
    }
    // Each step has salt of its own, so that the order of the words matters.
    var salt: UInt64 = 0xa24b_aed4_963e_e407
    let last = payload.upperBound &- 16
    let step = count <= 128 ? 16 : (count &+ 7) / 8
    var offset = payload.lowerBound
    while offset < last {
      let (first, second) = (frame.uncheckedUInt64(at: offset), frame.uncheckedUInt64(at: offset &+ 8))
      digest ^= mix(first ^ salt, second ^ 0xd1b5_4a32_d192_ed03)
      salt &+= 0x9e37_79b9_7f4a_7c15
      offset &+= step
    }
    let (first, second) = (frame.uncheckedUInt64(at: last), frame.uncheckedUInt64(at: last &+ 8))
    return digest ^ mix(first ^ salt, second ^ 0xd1b5_4a32_d192_ed03)
  }
}
