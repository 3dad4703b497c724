extension Sequence where Element: Hashable {
  /// The elements without repetitions, in the order in which they come first: the clearest connections of a finding stand
  /// first, and each is listed once.
  func eachOnce() -> [Element] {
    var known: Set<Element> = []
    return filter { known.insert($0).inserted }
  }
}
