import Foundation
import TestSupport
import Testing

/// The text of `wstrace analyze` for each recording, as it was last reviewed.
///
/// `WSTRACE_RENEW=1 swift test --filter GoldenTests` writes it anew; the difference is reviewed like code.
@Suite(.enabled(if: Tool.isBuilt, "wstrace is not built: swift build -c release"))
struct GoldenTests {
  private static let isRenewing = ProcessInfo.processInfo.environment["WSTRACE_RENEW"] == "1"

  @Test("a recording's text is the one that was reviewed", arguments: Tool.captures)
  func text(name: String) throws {
    let outcome = try Tool.run(["analyze", "--all", name])
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    try compare(withoutVersion(outcome.output), with: String(name.prefix { $0 != "." }))
  }

  @Test("a recording's timeline is the one that was reviewed", arguments: ["rst-after-upgrade.pcap"])
  func timeline(name: String) throws {
    let outcome = try Tool.run(["analyze", "--timeline", name])
    #expect(outcome.status == 0)
    try compare(withoutVersion(outcome.output), with: "timeline-" + name.prefix { $0 != "." })
  }

  @Test("the list of findings is the one that was reviewed")
  func catalogue() throws {
    try compare(try Tool.run(["explain"]).output, with: "explain")
  }

  private func compare(_ text: String, with name: String) throws {
    let path = PackageRoot.path + "/Tests/wstraceTests/Golden/\(name).txt"
    if GoldenTests.isRenewing { try text.write(toFile: path, atomically: true, encoding: .utf8) }
    let golden = String(decoding: try contents(of: path), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let expected = golden.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, (line, wanted)) in zip(lines, expected).enumerated() {
      #expect(line == wanted, "line \(index + 1) of \(name).txt")
    }
    #expect(lines.count == expected.count, "\(name).txt")
  }

  /// A new version alone changes no golden file.
  private func withoutVersion(_ text: String) -> String {
    text.replacing(/(?m)^wstrace [0-9.]+/, with: "wstrace")
  }
}
