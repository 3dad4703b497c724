import Foundation
import FoundationNetworking
import TestSupport
import Testing

/// The counters of `wstrace live`, as their readers get them.
@Suite(
  .enabled(if: Tool.isBuilt, "wstrace is not built: swift build -c release"),
  .enabled(if: NetworkNamespaces.areAvailable, "\(NetworkNamespaces.reason)"))
struct LiveMetricsTests {
  private let folder: TemporaryFolder
  private let network: NetworkNamespaces

  init() throws {
    folder = try TemporaryFolder()
    network = try NetworkNamespaces()
    chmod(folder.path, 0o777)
  }

  private static let prometheus = ["/usr/bin/prometheus", "/usr/local/bin/prometheus"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  private static func get(_ address: String) throws -> String {
    try String(contentsOf: try #require(URL(string: address)), encoding: .utf8)
  }

  @Test("they are written as lines, and served")
  func lines() throws {
    let live = try network.live([
      "--format", "text", "--metrics", "127.0.0.1:19464", "--interval", "1s", "--statistics", folder.path + "/counters",
    ])
    let server = try network.server()
    try network.client(["--sessions", "2", "--prompts", "1"]).wait()
    usleep(1_500_000)
    #expect(try Self.get("http://127.0.0.1:19464/metrics").contains("\nwstrace_sessions_total 2\n"))
    #expect(try Self.get("http://127.0.0.1:19464/healthz") == "ok\n")
    live.signal(SIGINT)
    #expect(live.wait() == 0)
    server.signal(SIGTERM)
    let counters = try String(contentsOfFile: folder.path + "/counters", encoding: .utf8)
    let last = try ChatCounts.json(String(try #require(counters.split(separator: "\n").last)))
    #expect(last["sessions"] as? Int == 2)
    #expect(last["upgradesAccepted"] as? Int == 2)
  }

  @Test(
    "Prometheus scrapes them, and promtool has nothing to object to",
    .enabled(if: prometheus != nil, "prometheus is not installed: apt-get install prometheus"))
  func scraped() throws {
    let live = try network.live(["--format", "text", "--metrics", "127.0.0.1:19465"])
    let configuration = """
      global: { scrape_interval: 500ms, scrape_timeout: 400ms }
      scrape_configs:
        - job_name: wstrace
          static_configs: [ { targets: ["127.0.0.1:19465"] } ]
      """
    try folder.write(Array(configuration.utf8), as: "prometheus.yml")
    let prometheus = try RunningProgram([
      Self.prometheus ?? "", "--config.file=\(folder.path)/prometheus.yml", "--storage.tsdb.path=\(folder.path)/data",
      "--web.listen-address=127.0.0.1:19466", "--log.level=error",
    ])
    let server = try network.server()
    try network.client(["--sessions", "3", "--prompts", "1"]).wait()
    #expect(
      prometheus.wait(30) { _ in Self.value(of: "wstrace_sessions_total") == "3" }, "\(prometheus.errors)")
    #expect(Self.value(of: "up") == "1")
    #expect(Self.value(of: "wstrace_upgrades_accepted_total") == "3")
    #expect(Self.value(of: "wstrace_packets_dropped_total") == "0")
    let text = try Self.get("http://127.0.0.1:19465/metrics")
    try folder.write(Array(text.utf8), as: "metrics")
    #expect(try Shell.run("promtool check metrics < \(folder.path)/metrics") == 0)
    prometheus.signal(SIGTERM)
    prometheus.wait()
    live.signal(SIGINT)
    #expect(live.wait() == 0)
    server.signal(SIGTERM)
  }

  /// The one value that Prometheus has for a query; `nil` where it has none, or does not answer yet.
  private static func value(of query: String) -> String? {
    guard let text = try? get("http://127.0.0.1:19466/api/v1/query?query=\(query)"),
      let answer = try? ChatCounts.json(text),
      let results = (answer["data"] as? [String: Any])?["result"] as? [[String: Any]], results.count == 1
    else { return nil }
    return (results[0]["value"] as? [Any])?.last as? String
  }
}
