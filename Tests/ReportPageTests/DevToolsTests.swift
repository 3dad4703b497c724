import Foundation
import TestSupport
import Testing

/// What `--format har` writes, opened in Chromium's own DevTools: `make setup` installs Chromium and Playwright, else
/// these are skipped.
@Suite(.enabled(if: Browser.isThere, "Chromium, .build/browser (make setup) or a built wstrace is missing"))
struct DevToolsTests {
  /// What the Network panel shows of an archive.
  private struct Sight: Decodable {
    /// Name, status and type of each request.
    var requests: [[String]]
    /// Data and length of the messages in sight.
    var messages: [[String]]
    /// The body of the first poll.
    var response: String
    /// Exceptions in the panel's scripts.
    var errors: [String]
  }

  @Test("the Network panel lists the requests, the messages of the WebSocket and the payload of a poll")
  func opens() throws {
    let folder = try TemporaryFolder()
    let archive = folder.path + "/archive.har"
    let capture = PackageRoot.captures + "/healthy-binary-ack-namespace.pcap"
    _ = try Browser.output(of: Browser.tool ?? "", ["analyze", capture, "--format", "har", "-o", archive])
    var arguments = [
      PackageRoot.path + "/Tests/ReportPageTests/Browser/devtools.py", archive, Browser.chromium ?? "",
    ]
    if let shots = ProcessInfo.processInfo.environment["WSTRACE_SCREENSHOTS"] { arguments.append(shots + "/devtools") }
    let sight = try JSONDecoder().decode(Sight.self, from: try Browser.output(of: Browser.python, arguments))
    #expect(sight.errors.isEmpty)
    #expect(
      sight.requests.map { $0.dropFirst() } == [
        ["200", "document"], ["200", "stylesheet"], ["200", "xhr"], ["200", "xhr"], ["101", "websocket"],
        ["200", "xhr"],
        ["200", "xhr"],
      ])
    #expect(sight.messages.contains(["42[\"done\",{\"id\":\"c0m2\",\"tokens\":60}]", "36"]))
    #expect(sight.messages.contains(["43/admin,4[{\"i\":4}]", "19"]))
    #expect(sight.messages.contains { $0.first == "Binary message" })
    #expect(sight.messages.last?.first?.hasPrefix("Connection close message") == true)
    #expect(sight.response.hasPrefix("0{"))
    #expect(sight.response.contains("pingInterval"))
  }
}
