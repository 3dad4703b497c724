import Bytes

/// An optional that is nearly always `nil`, and takes no more room than a pointer while it is.
///
/// A million connections that are open at once have a million of everything that a connection may need.
@propertyWrapper
struct Rare<Value>: Parceled {
  private var storage: Storage?

  private final class Storage {
    var value: Value?

    init(_ value: Value?) { self.value = value }
  }

  static var blank: Rare { Rare(wrappedValue: nil) }

  mutating func code(_ parcel: Parcel) { parcel.keep(&storage) }

  init(wrappedValue: Value?) { storage = wrappedValue.map(Storage.init) }

  var wrappedValue: Value? {
    get { storage?.value }
    set { storage = newValue.map(Storage.init) }
    _modify {
      // A copy of the owner has the same storage.
      let isOwn = isKnownUniquelyReferenced(&storage)
      let held = isOwn ? storage ?? Storage(nil) : Storage(storage?.value)
      storage = held
      yield &held.value
      if held.value == nil { storage = nil }
    }
  }
}
