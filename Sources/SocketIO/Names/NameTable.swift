import Bytes

/// The bounds of a `NameTable`.
package struct NameLimits: Equatable, Sendable {
  /// The most names; an application has tens of events, one that makes names of ids would fill the memory.
  package var count = 4096
  /// The longest name in bytes; a longer one is not a name that anyone chose.
  package var length = 256

  package init() {}
}

/// The number of an interned name, in the order in which names were first seen.
package struct NameID: RawRepresentable, BitwiseCopyable, Hashable, Sendable {
  package var rawValue: Int32

  @inlinable
  package init(rawValue: Int32) { self.rawValue = rawValue }

  // The one of `RawRepresentable` is behind a witness table that other modules cannot see through.
  @inlinable @inline(__always)
  package static func == (a: NameID, b: NameID) -> Bool { a.rawValue == b.rawValue }

  /// The one name that stands for all that the limits keep out.
  package static let other = NameID(rawValue: 0)
}

/// Interns event names from their bytes, so that the hot path makes no `String`.
///
/// Open addressing with linear probing, at most half full. The hash is seeded, so that a peer cannot choose names that
/// collide; numbers depend on the order of names only.
package struct NameTable: Sendable {
  /// How many lookups ended at `.other` because of a limit.
  package private(set) var overflow = 0

  private let limits: NameLimits
  private let seed: UInt64
  /// A number for each slot, 0 where it is free.
  private var slots: [Int32]
  private var hashes: [UInt64] = [0]
  /// Where each name ends in `bytes`, which holds all names one after the other.
  private var ends: [Int] = [0]
  private var bytes: [UInt8] = []
  private var texts: [String] = ["(other)"]
  private var heads = EventHeads()

  package init(limits: NameLimits = NameLimits(), seed: UInt64 = .random(in: .min ... .max)) {
    self.limits = limits
    self.seed = seed
    slots = Array(repeating: 0, count: 64)
  }

  /// How many names there are, `.other` included.
  package var count: Int { texts.count }

  /// The text of a name; ill-formed UTF-8 is replaced by U+FFFD.
  package subscript(id: NameID) -> String {
    let index = Int(id.rawValue)
    return texts.indices.contains(index) ? texts[index] : texts[0]
  }

  /// The number of the name that these bytes are, a new one where it is new.
  package mutating func id(of range: Range<Int>, in source: RawSpan) -> NameID {
    guard range.count <= limits.length else { return overflowed() }
    let name = source.extracting(range)
    let hash = Self.hash(name, seed: seed)
    let mask = slots.count &- 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      let number = Int(slots[slot])
      if hashes[number] == hash, holds(name, at: number) { return NameID(rawValue: slots[slot]) }
      slot = (slot &+ 1) & mask
    }
    return insert(name, hash: hash)
  }

  /// The number of a packet's event name; `nil` where it has none.
  package mutating func id(of packet: SocketPacket, in source: RawSpan) -> NameID? {
    guard let event = packet.event else { return nil }
    guard packet.eventHasEscapes else {
      let id = id(of: event, in: source)
      if packet.malformation == nil, id != .other { heads.remember(id, of: source, in: 0..<source.byteCount) }
      return id
    }
    guard event.count <= limits.length else { return overflowed() }
    let text = Array((packet.eventName(in: source) ?? "").utf8)
    return id(of: text.indices, in: text.span.bytes)
  }

  /// The number of the event that a whole Engine.IO message is, where it was seen before and nothing is special about
  /// it: the main namespace, no ack id, no attachments, a short name; `nil` for any other message.
  @inline(__always)
  package func plainEvent(_ bytes: RawSpan, in range: Range<Int>) -> NameID? { heads.name(of: bytes, in: range) }

  private mutating func overflowed() -> NameID {
    overflow &+= 1
    return .other
  }

  @inline(__always)
  private func holds(_ name: RawSpan, at number: Int) -> Bool {
    let start = ends[number - 1]
    guard ends[number] - start == name.byteCount else { return false }
    let held = bytes.span.bytes
    var offset = 0
    while offset &+ 8 <= name.byteCount {
      if name.uncheckedUInt64(at: offset) != held.nativeUInt64(at: start &+ offset) { return false }
      offset &+= 8
    }
    while offset < name.byteCount {
      if name.byte(at: offset) != held.byte(at: start &+ offset) { return false }
      offset &+= 1
    }
    return true
  }

  private mutating func insert(_ name: RawSpan, hash: UInt64) -> NameID {
    guard texts.count <= limits.count else { return overflowed() }
    texts.append(name.text(in: 0..<name.byteCount))
    bytes.append(contentsOf: name.copy())
    hashes.append(hash)
    ends.append(bytes.count)
    if texts.count * 2 > slots.count {
      slots = Array(repeating: 0, count: slots.count * 2)
      for number in 1..<texts.count { place(number) }
    } else {
      place(texts.count - 1)
    }
    return NameID(rawValue: Int32(texts.count - 1))
  }

  private mutating func place(_ number: Int) {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hashes[number]) & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = Int32(number)
  }
}

// MARK: - Hash

extension NameTable {
  /// A hash of the wyhash family: eight bytes at a time, folded by a 64 × 64 → 128-bit product.
  @inline(__always)
  private static func hash(_ name: RawSpan, seed: UInt64) -> UInt64 {
    let count = name.byteCount
    var hash = seed ^ UInt64(count) &* 0x9e37_79b9_7f4a_7c15
    var offset = 0
    while offset &+ 8 <= count {
      hash = fold(hash ^ name.uncheckedUInt64(at: offset), 0xa076_1d64_78bd_642f)
      offset &+= 8
    }
    var tail: UInt64 = 0
    if count >= 8 {
      if offset < count { tail = name.nativeUInt64(at: count &- 8) }
    } else if count >= 4 {
      tail = UInt64(name.nativeUInt32(at: 0)) << 32 | UInt64(name.nativeUInt32(at: count &- 4))
    } else {
      while offset < count {
        tail = tail << 8 | UInt64(name.byte(at: offset))
        offset &+= 1
      }
    }
    return fold(hash ^ tail, 0xe703_7ed1_a0b4_28db)
  }

  @inline(__always)
  private static func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }
}
