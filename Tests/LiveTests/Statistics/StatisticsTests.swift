import Diagnosis
import Foundation
import Live
import Packets
import TestSupport
import Testing

@Suite("Counters")
struct StatisticsTests {
  private var statistics: Statistics {
    var status = LiveStatus(
      interfaces: ["any"], running: .seconds(61), packets: 1234, dropped: 5, epoch: Timestamp(nanoseconds: 0))
    status.totals.messages = 77
    status.totals.stalls = 2
    return Statistics(
      status,
      appeared: [
        .init(id: "stalled-stream", severity: .error): 2, .init(id: "missing-101", severity: .warning): 1,
      ])
  }

  @Test("the names and counts of a line")
  func line() {
    let counts = Dictionary(uniqueKeysWithValues: statistics.counts.map { ($0.name, $0.count) })
    #expect(counts["packets"] == 1234)
    #expect(counts["packetsDropped"] == 5)
    #expect(counts["messages"] == 77)
    #expect(counts["errors"] == 2)
    #expect(counts["warnings"] == 1)
  }

  @Test("each sample of Prometheus' text has its family's help and type before it")
  func prometheus() {
    let text = statistics.prometheusText(version: "0.1.0 \"quoted\\\n\"")
    var families: Set<String> = []
    for line in text.split(separator: "\n") {
      if line.hasPrefix("# TYPE ") {
        families.insert(String(line.split(separator: " ")[2]))
      } else if !line.hasPrefix("#") {
        #expect(families.contains(String(line.prefix { $0 != " " && $0 != "{" })), "\(line)")
      }
    }
    #expect(text.contains("wstrace_findings_total{id=\"stalled-stream\",severity=\"error\"} 2\n"))
    #expect(text.contains("{version=\"0.1.0 \\\"quoted\\\\\\n\\\"\"} 1\n"))
    #expect(text.hasSuffix("\n"))
  }

  @Test(
    "promtool finds nothing to object to",
    .enabled(if: Promtool.path != nil, "promtool is not installed: apt-get install prometheus"))
  func promtool() throws {
    let outcome = try Promtool.check(statistics.prometheusText(version: "0.1.0"))
    #expect(outcome.status == 0, "\(outcome.text)")
    #expect(outcome.text.isEmpty)
  }
}

/// Prometheus' own checker.
enum Promtool {
  static let path = ["/usr/bin/promtool", "/usr/local/bin/promtool"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  static func check(_ metrics: String) throws -> (status: Int32, text: String) {
    let folder = try TemporaryFolder()
    let input = try folder.write(Array(metrics.utf8), as: "metrics")
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: path ?? "/nonexistent")
    process.arguments = ["check", "metrics"]
    process.standardInput = FileHandle(forReadingAtPath: input)
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }
}
