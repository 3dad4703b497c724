/// Where bytes are kept that memory has no room for.
package protocol BackingStore: AnyObject {
  /// Writes bytes; false where it can't.
  func store(_ bytes: [UInt8], at position: Int) -> Bool

  /// Reads bytes that were written; fewer where it can't.
  func load(_ count: Int, at position: Int) -> [UInt8]
}

/// Parcels in a ``BackingStore``, whose room is used again.
///
/// A parcel's length stands in it, so that its place, four bytes, is all that memory holds of it. The thread that analyses
/// owns it.
package final class RecordStore: @unchecked Sendable {
  private let backing: any BackingStore
  /// The objects that parcels refer to, by place; few do.
  private var objects: [UInt32: [AnyObject]] = [:]
  /// Free places, by their length in units.
  private var free: [[UInt32]] = []
  /// The first unit that was never used; 0 stands for no record.
  private var end: UInt32 = 1
  /// Whether something could not be written or read: what was found out is worthless then.
  package private(set) var hasFailed = false

  /// The unit of places: small beside a record, and large enough that four bytes name 256 GB.
  private static let unit = 64
  /// What is read at once: all of most records.
  private static let firstRead = 2048

  package init(_ backing: any BackingStore) { self.backing = backing }

  /// Writes a parcel, and says where; `nil` where it can't.
  package func put(_ parcel: consuming Parcel) -> UInt32? {
    parcel.close()
    let place = room(for: Self.units(parcel.bytes.count))
    guard !hasFailed, backing.store(parcel.bytes, at: Int(place) * Self.unit) else {
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
    let units = Self.units(parcel.bytes.count)
    while free.count <= units { free.append([]) }
    free[units].append(place)
    return parcel
  }

  /// Reads a parcel; `nil` where it can't.
  package func read(_ place: UInt32) -> Parcel? {
    let position = Int(place) * Self.unit
    var bytes = backing.load(Self.firstRead, at: position)
    guard bytes.count >= Parcel.headerLength else { return fail() }
    let length = Parcel.length(in: bytes)
    if bytes.count < length { bytes += backing.load(length - bytes.count, at: position + bytes.count) }
    guard bytes.count >= length else { return fail() }
    bytes.removeLast(bytes.count - length)
    return Parcel(unpacking: bytes, objects: objects.isEmpty ? [] : objects[place] ?? [])
  }

  private func fail() -> Parcel? {
    hasFailed = true
    return nil
  }

  private func room(for units: Int) -> UInt32 {
    if units < free.count, let place = free[units].popLast() { return place }
    defer { end += UInt32(truncatingIfNeeded: units) }
    return end
  }

  private static func units(_ length: Int) -> Int { (length + unit - 1) / unit }
}
