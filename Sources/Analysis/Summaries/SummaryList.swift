import Bytes

/// Summaries of connections or sessions, in an order: the first ones in memory, and of very many the others in a file.
///
/// A million of them would be gigabytes, and a report looks at one after the other. What is read from the file is made
/// anew each time.
package struct SummaryList<Facts: Parceled & Sendable>: Sendable {
  package typealias Element = CopyOnWrite<Facts>

  private var entries: [Entry] = []
  private let store: RecordStore?

  /// 16 bytes.
  private struct Entry: Sendable {
    var place: Place
    /// What the list is sorted by.
    var key: UInt32
  }

  private enum Place: Sendable {
    case held(Element)
    case stored(UInt32)
  }

  /// Summaries that are held: some 2 kB each, as much as a small capture takes anyway.
  package static var mostHeld: Int { 4096 }

  /// An empty list.
  ///
  /// - Parameter store: where those go that are too many; `nil` where all stay in memory.
  package init(overflowingTo store: RecordStore? = nil) { self.store = store }

  package init(_ elements: some Sequence<Element>) {
    self.init()
    for element in elements { append(element) }
  }

  /// Adds a summary.
  ///
  /// - Parameters:
  ///   - element: the summary.
  ///   - key: what ``sort()`` goes by.
  package mutating func append(_ element: Element, key: Int = 0) {
    entries.append(Entry(place: place(element), key: UInt32(truncatingIfNeeded: key)))
  }

  /// Puts the summaries in the order of their keys.
  package mutating func sort() { entries.sort { $0.key < $1.key } }

  /// Those that are wanted.
  package func subset(where isWanted: (Element) -> Bool) -> SummaryList {
    var subset = SummaryList(overflowingTo: store)
    for (index, element) in enumerated() where isWanted(element) { subset.entries.append(entries[index]) }
    return subset
  }

  private func place(_ element: Element) -> Place {
    guard let store, entries.count >= SummaryList.mostHeld else { return .held(element) }
    let parcel = store.parcel()
    var element = element
    element.code(parcel)
    return store.put(parcel).map { .stored($0) } ?? .held(element)
  }
}

extension SummaryList: RandomAccessCollection, MutableCollection {
  package var startIndex: Int { 0 }
  package var endIndex: Int { entries.count }

  package subscript(index: Int) -> Element {
    get {
      switch entries[index].place {
      case .held(let element): return element
      case .stored(let record):
        var element = Element.blank
        if let parcel = store?.read(record) { element.code(parcel) }
        return element
      }
    }
    set { entries[index].place = place(newValue) }
  }
}

extension SummaryList: ExpressibleByArrayLiteral {
  package init(arrayLiteral elements: Element...) { self.init(elements) }
}
