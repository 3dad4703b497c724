/// Where bytes are kept that memory has no room for.
package protocol BackingStore: AnyObject {
  /// Writes bytes; false where it can't.
  func store(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Bool

  /// Reads bytes that were written, and says how many there are.
  func load(_ buffer: UnsafeMutableRawBufferPointer, at position: Int) -> Int
}

/// Parcels in a ``BackingStore``, whose room is used again.
///
/// A parcel's length stands in it, so that its place, four bytes, is all that memory holds of it. The thread that analyses
/// owns it; once nothing is written any more, several may read.
package final class RecordStore: @unchecked Sendable {
  private let backing: any BackingStore
  /// The objects that parcels refer to, by place; few do.
  private var objects: [UInt32: [AnyObject]] = [:]
  /// Free places, by their length in units.
  private var free: [[UInt32]] = []
  /// The first unit that was never used; 0 stands for no record.
  private var end: UInt32 = 1
  /// The newest records, up to `end`, which are written together.
  private let tail = UnsafeMutableRawBufferPointer.allocate(byteCount: RecordStore.tailLength, alignment: 16)
  private var tailStart: UInt32 = 1
  /// The parcel that is filled again and again.
  private let filled = Parcel()
  /// Whether something could not be written or read: what was found out is worthless then.
  package private(set) var hasFailed = false

  /// The unit of places, small beside a record, and how many there are: 64 GiB, so that two bits of a place are free for
  /// who keeps it.
  private static let unit = 64
  private static let mostUnits: UInt32 = 1 << 30
  /// 256 KiB: a write of so many bytes costs little more than their copy.
  private static let tailLength = 256 << 10

  package init(_ backing: any BackingStore) { self.backing = backing }

  deinit { tail.deallocate() }

  /// An empty parcel, until the next call.
  package func parcel() -> Parcel {
    filled.reset()
    return filled
  }

  /// Writes a parcel, and says where; `nil` where it can't, or where there is no more room that four bytes name.
  package func put(_ parcel: Parcel) -> UInt32? {
    guard let place = room(for: Self.units(parcel.length)) else { return nil }
    guard !hasFailed, parcel.withBytes({ write($0, at: place) }) else {
      hasFailed = true
      return nil
    }
    if !parcel.objects.isEmpty { objects[place] = parcel.objects }
    return place
  }

  /// Reads a parcel and frees its place; `nil` where it can't.
  package func take(_ place: UInt32) -> Parcel? {
    guard let parcel = read(place) else { return nil }
    if !parcel.objects.isEmpty { objects[place] = nil }
    let units = Self.units(parcel.length)
    while free.count <= units { free.append([]) }
    free[units].append(place)
    return parcel
  }

  /// Reads a parcel; `nil` where it can't.
  package func read(_ place: UInt32) -> Parcel? {
    let held = objects.isEmpty ? [] : objects[place] ?? []
    if let parcel = Parcel(objects: held, read: { load($0, at: place, skipping: $1) }) { return parcel }
    hasFailed = true
    return nil
  }

  private func write(_ bytes: UnsafeRawBufferPointer, at place: UInt32) -> Bool {
    if place >= tailStart {
      if Self.position(place, from: tailStart) + bytes.count > tail.count, !writeTail(upTo: place) { return false }
      if bytes.count <= tail.count {
        let room = UnsafeMutableRawBufferPointer(rebasing: tail[Self.position(place, from: tailStart)...])
        room.copyMemory(from: bytes)
        return true
      }
      tailStart = end
    }
    return backing.store(bytes, at: Self.position(place))
  }

  /// Writes the newest records that stand before a place, where the next ones begin.
  private func writeTail(upTo place: UInt32) -> Bool {
    let written = UnsafeRawBufferPointer(rebasing: tail[..<Self.position(place, from: tailStart)])
    defer { tailStart = place }
    return backing.store(written, at: Self.position(tailStart))
  }

  private func load(_ buffer: UnsafeMutableRawBufferPointer, at place: UInt32, skipping count: Int) -> Int {
    guard place >= tailStart else { return backing.load(buffer, at: Self.position(place) + count) }
    let rest = tail[(Self.position(place, from: tailStart) + count)...].prefix(buffer.count)
    buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest))
    return rest.count
  }

  private static func position(_ place: UInt32, from start: UInt32 = 0) -> Int { Int(place - start) * unit }

  private func room(for units: Int) -> UInt32? {
    if units < free.count, let place = free[units].popLast() { return place }
    guard units <= Int(Self.mostUnits - end) else { return nil }
    defer { end += UInt32(truncatingIfNeeded: units) }
    return end
  }

  private static func units(_ length: Int) -> Int { (length + unit - 1) / unit }
}
