import Packets

/// Several captures as one, in the order of their packets' times.
///
/// Within a file, packets stay in the file's order, even where its clock stepped back. Of packets with the same time, the
/// one of the capture with the lower index comes first. An error ends its file only.
///
/// Where the captures' clocks differ, packets are ordered by, and lent out with, the times by a common clock.
package struct MergedCaptures: ~Copyable {
  package let files: [CaptureFile]

  /// Errors that ended a file before its end, in the order in which they were met.
  ///
  /// `isFatal` tells a capture that is merely cut off from one that is unreadable.
  package private(set) var warnings: [CaptureError] = []

  /// Indices of `files` that have a current packet, as a binary heap: the earliest packet first.
  private var heap: [Int] = []
  private var hasStarted = false
  /// By file.
  private let clocks: [ClockCorrection]

  /// Merges files; `clocks` correct their times, of several files only, and none is needed where all are right.
  package init(_ files: [CaptureFile], clocks: [ClockCorrection] = []) {
    self.files = files
    self.clocks = files.indices.map { $0 < clocks.count ? clocks[$0] : .none }
  }

  /// Lends the next packet and its bytes out for the time of a call; `false` where no file has one.
  ///
  /// Throws only for a filter that is wrong or cannot be used with a link type.
  package mutating func next(_ body: (CapturedPacket, RawSpan) -> Void) throws(CaptureError) -> Bool {
    guard files.count != 1 else { return try nextOfOnlyFile(body) }
    if hasStarted { try advanceEarliest() } else { try start() }
    guard let earliest = heap.first else { return false }
    let file = files[earliest]
    var packet = file.packet
    packet.reference.time = time(of: earliest)
    file.withBytes { body(packet, $0) }
    return true
  }

  /// The time of a file's current packet by the common clock.
  private func time(of file: Int) -> Timestamp { clocks[file].corrected(files[file].packet.reference.time) }

  private mutating func nextOfOnlyFile(_ body: (CapturedPacket, RawSpan) -> Void) throws(CaptureError) -> Bool {
    let file = files[0]
    guard try advance(file) else { return false }
    file.withBytes { body(file.packet, $0) }
    return true
  }

  /// The packets of a run that lie in memory; of the only file, because several have to be merged packet by packet.
  ///
  /// `nil` at its end. Throws as ``next(_:)`` does.
  package mutating func nextRun() throws(CaptureError) -> PacketRun? {
    precondition(files.count == 1, "the packets of several files are merged one by one")
    do throws(CaptureError) {
      return try files[0].nextRun()
    } catch {
      guard !error.isFilterError else { throw error }
      warnings.append(error)
      return nil
    }
  }

  private mutating func advance(_ file: CaptureFile) throws(CaptureError) -> Bool {
    do throws(CaptureError) {
      return try file.advance()
    } catch {
      guard !error.isFilterError else { throw error }
      warnings.append(error)
      return false
    }
  }

  private mutating func start() throws(CaptureError) {
    hasStarted = true
    for index in files.indices where try advance(files[index]) {
      heap.append(index)
    }
    for position in heap.indices.reversed() { sink(position) }
  }

  private mutating func advanceEarliest() throws(CaptureError) {
    guard let earliest = heap.first else { return }
    if try !advance(files[earliest]) {
      heap.swapAt(0, heap.count - 1)
      heap.removeLast()
    }
    if !heap.isEmpty { sink(0) }
  }

  /// Moves the file at a position of the heap down to where no earlier packet is below it.
  private mutating func sink(_ position: Int) {
    var parent = position
    while true {
      var first = parent
      for child in 2 * parent + 1...2 * parent + 2 where child < heap.count && precedes(heap[child], heap[first]) {
        first = child
      }
      guard first != parent else { return }
      heap.swapAt(first, parent)
      parent = first
    }
  }

  private func precedes(_ a: Int, _ b: Int) -> Bool {
    let (first, second) = (time(of: a), time(of: b))
    return first != second ? first < second : a < b
  }
}
