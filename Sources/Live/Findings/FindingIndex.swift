import Diagnosis
import Packets

/// Finds the same finding among others: the same kind at the same packet, or about the same connections.
///
/// Findings are compared several times a second, and there may be hundreds of each kind: so they are looked up, not tried
/// one by one.
struct FindingIndex {
  private struct Place: Hashable {
    var id: FindingID
    var at: PacketReference
  }

  private struct Share: Hashable {
    var id: FindingID
    var connection: Int
  }

  private let others: [Finding]
  private var isTaken: [Bool]
  private var places: [Place: [Int]] = [:]
  private var shares: [Share: [Int]] = [:]

  init(_ others: [Finding]) {
    self.others = others
    isTaken = [Bool](repeating: false, count: others.count)
    for (index, finding) in others.enumerated() {
      places[Place(id: finding.id, at: finding.at), default: []].append(index)
      guard finding.isRepeatable else { continue }
      for connection in Set(finding.connections) {
        shares[Share(id: finding.id, connection: connection), default: []].append(index)
      }
    }
  }

  /// Where the same finding stands; `nil` where it does not, or was taken before.
  func match(_ finding: Finding) -> Int? {
    let same = places[Place(id: finding.id, at: finding.at)]?.filter { !isTaken[$0] } ?? []
    if let place = same.first(where: { others[$0].sid == finding.sid }) ?? same.first { return place }
    guard finding.isRepeatable else { return nil }
    return finding.connections.lazy.compactMap { shares[Share(id: finding.id, connection: $0)]?.first { !isTaken[$0] } }
      .min()
  }

  /// The same finding, which no other will match any more.
  mutating func take(_ finding: Finding) -> Int? {
    guard let index = match(finding) else { return nil }
    isTaken[index] = true
    return index
  }

  /// Those that were not taken, in their order.
  var left: [Int] { others.indices.filter { !isTaken[$0] } }
}

extension Finding {
  /// Whether the rule gathers what happens again into one finding, whose first packet may turn out to be an earlier one.
  ///
  /// A stream's stalls are told one by one; their connections are the same.
  fileprivate var isRepeatable: Bool { id != "stalled-stream" && id != "unanswered-event" }
}
