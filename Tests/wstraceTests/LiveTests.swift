import Foundation
import TestSupport
import Testing

/// `wstrace live` on a cable between two network namespaces, with a chat of which both ends keep a log.
@Suite(
  .enabled(if: Tool.isBuilt, "wstrace is not built: swift build -c release"),
  .enabled(if: NetworkNamespaces.areAvailable, "\(NetworkNamespaces.reason)"))
struct LiveTests {
  private let folder: TemporaryFolder
  private let network: NetworkNamespaces

  init() throws {
    folder = try TemporaryFolder()
    network = try NetworkNamespaces()
    // The account that wstrace becomes must be able to write here.
    chmod(folder.path, 0o777)
  }

  @Test("a frozen server's stall is told while it lasts; the capture ends 10 s later, and has a capture of its own")
  func frozen() throws {
    // No heartbeat is due meanwhile: one that is missing would be a finding of its own.
    let server = try network.server(["--interval", "0.02", "--ping", "25"])
    let live = try network.live([
      "--format", "ndjson", "--until-finding", "stalled-stream", "--on-finding", folder.path, "--fail-on", "warning",
    ])
    let client = try network.client(["--prompts", "50"])
    #expect(live.wait(20) { $0.output.contains("\"event\":\"done\"") })
    // In the middle of the next answer.
    usleep(400_000)
    server.signal(SIGSTOP)
    let stopped = Date()
    #expect(live.wait(10) { $0.output.contains("\"type\":\"finding\"") })
    #expect(Date().timeIntervalSince(stopped) > 1.9)
    #expect(live.wait() == 1)
    server.signal(SIGCONT)
    client.signal(SIGTERM)
    let lines = try live.output.split(separator: "\n").map { try ChatCounts.json(String($0)) }
    let findings = lines.filter { $0["type"] as? String == "finding" }
    #expect(Set(findings.map { $0["number"] as? Int }) == [1])
    #expect(findings.allSatisfy { $0["id"] as? String == "stalled-stream" })
    #expect((findings.last?["evidence"] as? [String: Any])?["byClock"] as? Bool == true)
    #expect(lines.last?["type"] as? String == "end")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    let small = try #require(files.first { $0.contains("stalled-stream") })
    #expect((try Tool.document([folder.path + "/" + small])["sessions"] as? [Any])?.count == 1)
  }

  @Test("a server that is not there, and one that is killed, are told as lines")
  func lines() throws {
    let live = try network.live(["--format", "text", "--timeline"])
    let refused = try network.client([])
    refused.wait()
    #expect(live.wait(10) { $0.output.contains("connect-refused") })
    let server = try network.server()
    let client = try network.client(["--prompts", "50"])
    #expect(live.wait(20) { $0.output.contains("EVENT token") }, "\(live.output)")
    server.signal(SIGKILL)
    #expect(live.wait(10) { $0.output.contains("abnormal-close") }, "\(live.output)")
    client.wait()
    live.signal(SIGINT)
    #expect(live.wait() == 0)
    #expect(live.output.contains("packets"))
  }
}
