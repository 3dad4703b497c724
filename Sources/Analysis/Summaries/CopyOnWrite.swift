import Bytes

/// A value of many fields in one place in memory, however often it is handed on; a change makes a copy where others hold
/// it too.
///
/// Each closed connection and session is shown to every rule, and several keep it.
@dynamicMemberLookup
package struct CopyOnWrite<Value: Sendable>: Sendable {
  @usableFromInline var storage: Storage

  /// Written only where one ``CopyOnWrite`` holds it, so that threads can share it.
  @usableFromInline
  final class Storage: @unchecked Sendable {
    @usableFromInline var value: Value

    @usableFromInline
    init(_ value: Value) { self.value = value }
  }

  package init(_ value: Value) { storage = Storage(value) }

  // Inlined, so that a field is read where it lies and no key path comes into being.
  @inlinable @inline(__always)
  package subscript<Field>(dynamicMember field: WritableKeyPath<Value, Field>) -> Field {
    _read { yield storage.value[keyPath: field] }
    _modify {
      if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage.value) }
      yield &storage.value[keyPath: field]
    }
  }

  /// What can be said of the value but not changed.
  @inlinable @inline(__always)
  package subscript<Field>(dynamicMember field: KeyPath<Value, Field>) -> Field { storage.value[keyPath: field] }
}

extension CopyOnWrite: Parceled where Value: Parceled {
  package static var blank: CopyOnWrite { CopyOnWrite(Value.blank) }

  package mutating func code(_ parcel: Parcel) {
    // Never written in place: others may hold it too.
    var value = parcel.isUnpacking ? Value.blank : storage.value
    value.code(parcel)
    if parcel.isUnpacking { storage = Storage(value) }
  }
}
