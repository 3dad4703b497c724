import Bytes
import TestSupport
import Testing

/// Fields that are packed and unpacked again, and where their parcels are kept.
@Suite struct RecordStoreTests {
  private final class Thing {}

  private struct Fields: Equatable, Parceled {
    var number = 0
    var flag = false
    var small: UInt16 = 0
    var wide: SIMD16<UInt8> = .zero
    var text = ""
    var word: String?
    var numbers: [Int64] = []
    var texts: [String] = []
    var inner: [Inner] = []
    var last: Inner?

    struct Inner: Equatable, Parceled {
      var value = 0.0
      var unit = ""

      static var blank: Inner { Inner() }

      mutating func code(_ parcel: Parcel) {
        parcel.code(&value)
        parcel.code(&unit)
      }
    }

    static var blank: Fields { Fields() }

    mutating func code(_ parcel: Parcel) {
      parcel.code(&number)
      parcel.code(&flag)
      parcel.code(&small)
      parcel.code(&wide)
      parcel.code(&text)
      parcel.code(&word)
      parcel.code(&numbers)
      parcel.code(&texts)
      parcel.code(&inner)
      parcel.code(&last)
    }

    /// Fields of any size, by a seed.
    init(seed: Int) {
      number = seed &* 0x1234_5678_9abc
      flag = seed % 2 == 0
      small = UInt16(truncatingIfNeeded: seed)
      wide = SIMD16(repeating: UInt8(truncatingIfNeeded: seed))
      text = String(repeating: "ä€", count: seed)
      word = seed % 3 == 0 ? nil : "word \(seed)"
      numbers = (0..<seed).map { Int64($0 % 5 == 0 ? 0 : $0) }
      texts = (0..<seed % 7).map { "text \($0)" }
      inner = (0..<seed % 4).map { Inner(value: Double($0)) }
      last = seed % 5 == 0 ? nil : Inner(value: 0.5, unit: "m")
    }

    init() {}
  }

  private func put(_ fields: Fields, in store: RecordStore) -> UInt32? {
    var fields = fields
    let parcel = store.parcel()
    fields.code(parcel)
    return store.put(parcel)
  }

  private func fields(_ parcel: Parcel?) throws -> Fields {
    var fields = Fields.blank
    fields.code(try #require(parcel))
    return fields
  }

  @Test("fields come back as they were, of any size, from places that are used again")
  func roundTrips() throws {
    let store = RecordStore(MemoryStore())
    var places: [Int: UInt32] = [:]
    for round in 0..<4 {
      for seed in round * 50..<round * 50 + 200 where places[seed] == nil {
        places[seed] = put(Fields(seed: seed), in: store)
      }
      for (seed, place) in places.sorted(by: { $0.key < $1.key }) {
        #expect(try fields(store.read(place)) == Fields(seed: seed))
        guard seed % 2 == round % 2 else { continue }
        #expect(try fields(store.take(place)) == Fields(seed: seed))
        places[seed] = nil
      }
    }
    #expect(!store.hasFailed)
  }

  @Test("records longer than what is gathered for a write")
  func long() throws {
    let store = RecordStore(MemoryStore())
    let seeds = [3, 60_000, 4, 70_000, 5]
    let places = try seeds.map { try #require(put(Fields(seed: $0), in: store)) }
    for (seed, place) in zip(seeds, places) { #expect(try fields(store.read(place)) == Fields(seed: seed)) }
  }

  @Test("new records are written together")
  func gathering() throws {
    let backing = MemoryStore()
    let store = RecordStore(backing)
    for seed in 0..<1000 { _ = put(Fields(seed: seed % 10), in: store) }
    #expect(backing.writes < 10)
  }

  @Test("an object that a parcel refers to lives as long as the record")
  func objects() throws {
    let store = RecordStore(MemoryStore())
    var thing: Thing? = Thing()
    weak let witness = thing
    var list = ["kept"]
    let parcel = store.parcel()
    parcel.keep(&thing)
    parcel.keep(&list)
    let place = try #require(store.put(parcel))
    thing = nil
    _ = store.parcel()
    #expect(witness != nil)
    var found: Thing?
    var texts: [String] = []
    do {
      let taken = try #require(store.take(place))
      taken.keep(&found)
      taken.keep(&texts)
    }
    #expect(found === witness)
    #expect(texts == ["kept"])
    found = nil
    #expect(witness == nil)
  }

  @Test("what can't be written or read is told")
  func failures() throws {
    let full = RecordStore(MemoryStore(capacity: 300_000))
    for seed in 0..<2000 where !full.hasFailed { _ = put(Fields(seed: seed), in: full) }
    #expect(full.hasFailed)
    #expect(put(Fields(seed: 1), in: full) == nil)

    let backing = MemoryStore()
    let store = RecordStore(backing)
    let place = try #require(put(Fields(seed: 1), in: store))
    for seed in 0..<1000 { _ = put(Fields(seed: seed), in: store) }
    backing.isUnreadable = true
    #expect(store.read(place) == nil)
    #expect(store.hasFailed)
  }
}
