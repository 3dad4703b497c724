import Foundation
import TestSupport
import Testing

/// Expectations and thresholds as a user gives them.
@Suite(.enabled(if: Tool.isBuilt, "wstrace is not built: swift build -c release"))
struct JudgingTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func expecting(_ text: String) throws -> Tool.Outcome {
    let file = try folder.write(Array(text.utf8), as: "expect.yaml")
    return try Tool.run(["analyze", "rst-after-upgrade.pcap", "--expect", file])
  }

  @Test(
    "a setting that the wire contradicts is reported, in YAML and JSON",
    arguments: ["pingInterval: 7s", "{\"pingInterval\": 7000}"])
  func mismatch(text: String) throws {
    let outcome = try expecting(text)
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("settings-mismatch"))
    #expect(outcome.output.contains("not 7000 as expected"))
  }

  @Test(
    "a mistake in the file is told with its line",
    arguments: [
      ("pingTimout: 3", ":1: ", "known are"), ("path: /a\nport: x", ":2: ", "a TCP port"),
      ("path: /a\npath: /b", ":1: ", "twice"), ("a: [", ":", "neither YAML nor JSON"),
      ("- 1", ":1: ", "one setting a line"), ("allowEIO3: perhaps", ":1: ", "true or false"),
      ("maxPayload: 1.5", ":1: ", "bytes"), ("transports: [pigeon]", ":1: ", "polling"),
    ])
  func mistakes(text: String, line: String, words: String) throws {
    let outcome = try expecting(text)
    #expect(outcome.status == 2)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.contains("expect.yaml\(line)"), "\(outcome.errors)")
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
  }

  @Test(
    "a threshold that is not understood lists those that can be set",
    arguments: ["stalled-stream", "nothing=5s", "stalled-stream=5", "stalled-stream=-1s", "connect-error=5s"])
  func thresholds(text: String) throws {
    let outcome = try Tool.run(["analyze", "rst-after-upgrade.pcap", "--threshold", text])
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("stalled-stream=2s"), "\(outcome.errors)")
  }

  @Test(
    "a stream that a user names ends with the event that is named",
    arguments: [
      ("token:finished", "stalled-stream"), ("prompt,token,finished", "stalled-stream"),
      ("token:done", "no fault seen"),
    ])
  func stream(text: String, words: String) throws {
    let outcome = try Tool.run([
      "analyze", "healthy-browser-both-legs.pcap", "--stream", text, "--threshold", "stalled-stream=100ms",
    ])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains(words), "\(outcome.output.prefix(400))")
  }

  @Test(
    "a stream without its end, or with too many names, is a mistake", arguments: ["token", "a:b:c:d", "token:", ""])
  func wrongStream(text: String) throws {
    let outcome = try Tool.run(["analyze", "rst-after-upgrade.pcap", "--stream", text])
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("EVENT:END"), "\(outcome.errors)")
  }

  @Test("explain says a threshold's default and reason")
  func explain() throws {
    let outcome = try Tool.run(["explain", "stalled-stream"])
    #expect(outcome.output.contains("2s by default"))
  }
}
