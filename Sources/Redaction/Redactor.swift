import Analysis
import Diagnosis
import Packets

/// Takes what is nobody else's business out of what a report shows, and counts what it took.
///
/// Message texts become their shape, secrets short marks, identifiers their first six characters. Names of events, types,
/// lengths, times and packet numbers stay: they are what a fault is found by.
package struct Redactor: Sendable {
  /// What was removed so far.
  package internal(set) var removals = Removals()
  let marker: Marker
  var scrubber: Scrubber
  /// Answers' bodies that findings quote, and what stands for them; the longest first.
  var quotes: [(text: String, replacement: String)] = []
  /// The event's name that was last found to be harmless.
  var latestEvent: String?
  /// Texts of which nothing had to be removed: header fields are the same on very many connections.
  private var harmless: Set<String> = []
  /// The same of targets, of which less may stand.
  private var harmlessTargets: Set<String> = []
  private static let mostHarmless = 4096
  private static let longestHarmless = 512

  /// - Parameters:
  ///   - marker: makes the marks.
  ///   - disguisesAddresses: whether network addresses are replaced too.
  package init(_ marker: Marker, disguisesAddresses: Bool = false) {
    self.marker = marker
    scrubber = Scrubber(marker, disguise: disguisesAddresses ? AddressDisguise(marker) : nil)
  }

  /// What stands for addresses; `nil` where they stay.
  package var disguise: AddressDisguise? { scrubber.disguise }

  /// Any text from the network or a log, without what identifies people and opens doors.
  package mutating func text(_ text: String) -> String {
    if harmless.contains(text) { return text }
    let before = removals
    let clean = scrubber.text(text, &removals)
    if clean == text, removals == before { Redactor.remember(text, in: &harmless) }
    return clean
  }

  /// A request's target, without what its query gives away.
  mutating func target(_ target: String) -> String {
    if harmlessTargets.contains(target) { return target }
    let before = removals
    let clean = scrubber.target(target, &removals)
    if clean == target, removals == before { Redactor.remember(target, in: &harmlessTargets) }
    return clean
  }

  /// Has all texts looked at again.
  mutating func forgetHarmless() {
    harmless = []
    harmlessTargets = []
  }

  private static func remember(_ text: String, in harmless: inout Set<String>) {
    if harmless.count < mostHarmless, text.utf8.count <= longestHarmless { harmless.insert(text) }
  }

  mutating func endpoint(_ endpoint: Endpoint) -> Endpoint {
    guard let disguise else { return endpoint }
    removals.count(.address)
    return disguise.disguise(endpoint)
  }

  /// A session's name as it is shown.
  package static func shortened(_ sid: String) -> String { Shape.shortened(sid) }

  mutating func identifier(_ sid: String?) -> String? {
    guard let sid else { return nil }
    if sid.count > Marker.keptCharacters { removals.count(.identifier) }
    return Shape.shortened(sid)
  }
}

extension Redactor {
  /// What blanks a connection's bytes with the same marks.
  package func blanker(isMidStream: Bool) -> StreamBlanker {
    StreamBlanker(marker, isMidStream: isMidStream, hidesAddresses: disguise != nil)
  }
}
