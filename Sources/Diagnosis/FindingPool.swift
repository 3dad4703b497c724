/// Findings among which consequences are looked for, by their kind and by what they are about.
///
/// A common cause may have thousands of consequences, and so may each of them seem to be one: they are looked up, not gone
/// through for each other.
struct FindingPool {
  private(set) var findings: [Finding]
  private var isFolded: [Bool]
  private let byKind: [FindingID: [Int]]

  init(_ findings: [Finding]) {
    self.findings = findings
    isFolded = [Bool](repeating: false, count: findings.count)
    byKind = Dictionary(grouping: findings.indices) { findings[$0].id }
  }

  subscript(index: Int) -> Finding {
    get { findings[index] }
    set { findings[index] = newValue }
  }

  /// The findings of a kind that were not folded into others, in their order.
  func indices(of kind: FindingID) -> [Int] { byKind[kind, default: []].filter { !isFolded[$0] } }

  func isOpen(_ index: Int) -> Bool { !isFolded[index] }

  /// Takes a finding out: it is a consequence.
  mutating func fold(_ index: Int) { isFolded[index] = true }

  /// What was not folded, in its order.
  var rest: [Finding] { findings.indices.filter { !isFolded[$0] }.map { findings[$0] } }
}

/// Findings by the sessions and connections that they are about.
struct FindingPlaces {
  private var byConnection: [Int: [Int]] = [:]
  private var bySession: [String: [Int]] = [:]

  init(_ indices: [Int], in pool: FindingPool) {
    for index in indices {
      if let sid = pool[index].sid { bySession[sid, default: []].append(index) }
      for connection in pool[index].connections { byConnection[connection, default: []].append(index) }
    }
  }

  /// The findings that share a session or a connection with another one, in their order.
  func near(_ finding: Finding) -> [Int] {
    var found: Set<Int> = []
    if let sid = finding.sid { found.formUnion(bySession[sid, default: []]) }
    for connection in finding.connections { found.formUnion(byConnection[connection, default: []]) }
    return found.sorted()
  }
}
