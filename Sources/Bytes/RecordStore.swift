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
  /// The parcel that is filled again and again.
  private let filled = Parcel()
  /// Whether something could not be written or read: what was found out is worthless then.
  package private(set) var hasFailed = false

  /// The unit of places: small beside a record, and large enough that 31 bits name 128 GB.
  private static let unit = 64

  package init(_ backing: any BackingStore) { self.backing = backing }

  /// An empty parcel, until the next call.
  package func parcel() -> Parcel {
    filled.reset()
    return filled
  }

  /// Writes a parcel, and says where; `nil` where it can't.
  package func put(_ parcel: Parcel) -> UInt32? {
    let place = room(for: Self.units(parcel.length))
    guard !hasFailed, parcel.withBytes({ backing.store($0, at: Int(place) * Self.unit) }) else {
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
    let position = Int(place) * Self.unit
    let held = objects.isEmpty ? [] : objects[place] ?? []
    if let parcel = Parcel(objects: held, read: { backing.load($0, at: position + $1) }) { return parcel }
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
