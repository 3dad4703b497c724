import Diagnosis
import Testing

@Suite struct CatalogueTests {
  @Test("every rule has an entry of its own")
  func unique() {
    let ids = Diagnostician.catalogue.map(\.id)
    #expect(ids.count == Diagnostician.rules.count)
    #expect(Set(ids).count == ids.count)
  }

  @Test("every entry says everything", arguments: Diagnostician.catalogue)
  func complete(entry: CatalogueEntry) {
    for text in [entry.summary, entry.proof, entry.causes, entry.remedy, entry.mistakenFor] {
      #expect(text.count > 20, "\(entry.id)")
    }
    #expect(!entry.summary.contains("\n"), "\(entry.id)")
    #expect(entry.summary.count <= 120, "\(entry.id)")
    #expect(entry.id.rawValue.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" }, "\(entry.id)")
  }

  @Test("severities are ordered")
  func severities() {
    #expect(Severity.notice < .warning && Severity.warning < .error)
  }
}
