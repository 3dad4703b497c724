/// What `wstrace explain` and the documentation say about a kind of finding.
package struct CatalogueEntry: Sendable {
  package var id: FindingID
  /// One line: what it means.
  package var summary: String
  /// What on the wire proves it, with the threshold and its reason.
  package var proof: String
  /// What usually causes it.
  package var causes: String
  /// How to fix it.
  package var remedy: String
  /// What it is often mistaken for, and how it is told apart.
  package var mistakenFor: String
  /// The time from which on it is reported, where a user may set it.
  package var threshold: RuleThreshold?

  package init(
    _ id: FindingID, summary: String, proof: String, causes: String, remedy: String, mistakenFor: String
  ) {
    self.id = id
    self.summary = summary
    self.proof = proof
    self.causes = causes
    self.remedy = remedy
    self.mistakenFor = mistakenFor
  }
}
