import Foundation
import FoundationNetworking
import TestSupport
import Testing

/// `wstrace live` on a cable between two network namespaces, with a chat of which both ends keep a log.
@Suite(
  .enabled(if: Tool.isBuilt, "wstrace is not built: swift build -c release"),
  .enabled(if: NetworkNamespaces.areAvailable, "\(NetworkNamespaces.reason)"), .serialized)
struct LiveTests {
  private let folder: TemporaryFolder
  private let network: NetworkNamespaces

  init() throws {
    folder = try TemporaryFolder()
    network = try NetworkNamespaces()
    // The account that wstrace becomes must be able to write here.
    chmod(folder.path, 0o777)
  }

  private func server(_ options: [String] = []) throws -> RunningProgram {
    let server = try network.start("b", ["server", "10.199.0.2", "8080"] + options)
    #expect(server.wait(10) { $0.output.contains("ready") })
    return server
  }

  private func client(_ options: [String]) throws -> RunningProgram {
    try network.start("a", ["client", "10.199.0.2", "8080"] + options)
  }

  /// Starts the capture on the server's side, and waits until it captures.
  private func live(_ options: [String]) throws -> RunningProgram {
    let live = try RunningProgram(
      [Tool.path ?? "", "live", "--netns", network.serverPath, "-i", "veth0"] + options)
    // Privileges are given up once the interface is open.
    #expect(live.wait(10) { LiveTests.status(of: $0.id)["Uid"]?.hasPrefix("0") == false }, "\(live.errors)")
    usleep(300_000)
    return live
  }

  /// What `/proc` says of a process, by field.
  private static func status(of id: Int32) -> [String: String] {
    let text = (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? ""
    return Dictionary(
      text.split(separator: "\n").compactMap { line in
        line.firstIndex(of: ":").map { colon in
          (String(line[..<colon]), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces))
        }
      }, uniquingKeysWith: { first, _ in first })
  }

  private func json(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  /// The counts that a program of the chat logged.
  private func log(_ program: RunningProgram) throws -> [String: Int] {
    let line = try #require(program.output.split(separator: "\n").last)
    return try #require(try json(String(line)) as? [String: Int])
  }

  private func events(_ document: [String: Any], _ direction: String, _ name: String) -> Int {
    let sessions = document["sessions"] as? [[String: Any]] ?? []
    return sessions.reduce(0) { sum, session in
      let events = session["events"] as? [String: [String: Int]] ?? [:]
      return sum + (events[direction]?[name] ?? 0)
    }
  }

  @Test("sessions and events are those of the applications' logs, nothing is dropped, and the saved file says the same")
  func chat() throws {
    let server = try server(["--interval", "0.02"])
    let saved = folder.path + "/chat.pcap"
    let live = try live(["--format", "json", "--write", saved])
    let client = try client(["--sessions", "20", "--prompts", "2"])
    #expect(client.wait() == 0)
    usleep(1_000_000)
    live.signal(SIGINT)
    #expect(live.wait() == 0, "\(live.errors)")
    server.signal(SIGTERM)
    server.wait()
    let (sent, got) = (try log(server), try log(client))
    let document = try json(live.output)
    #expect((document["sessions"] as? [Any])?.count == sent["sessions"])
    #expect(events(document, "serverToClient", "token") == sent["tokens"])
    #expect(events(document, "serverToClient", "token") == got["tokens"])
    #expect(events(document, "serverToClient", "done") == got["done"])
    #expect(events(document, "clientToServer", "prompt") == got["prompts"])
    let capture = try #require((document["captures"] as? [[String: Any]])?.first)
    #expect(capture["packetsDropped"] as? Int == 0)
    #expect(capture["format"] as? String == "live")
    #expect(try comparable(document) == comparable(Tool.document([saved])))
  }

  /// A document without what a capture from an interface and one from a file tell differently.
  private func comparable(_ document: [String: Any]) throws -> String {
    var document = document
    document["captures"] = (document["captures"] as? [[String: Any]] ?? []).map { capture in
      capture.filter { !["path", "format", "packetsDropped"].contains($0.key) }
    }
    document["findings"] = (document["findings"] as? [[String: Any]] ?? []).filter { finding in
      (finding["evidence"] as? [String: Any])?["byClock"] as? Bool != true
    }
    return String(
      decoding: try JSONSerialization.data(withJSONObject: document, options: [.sortedKeys, .prettyPrinted]),
      as: UTF8.self)
  }

  @Test("a frozen server's stall is told while it lasts; the capture ends 10 s later, and has a capture of its own")
  func frozen() throws {
    // No heartbeat is due meanwhile: one that is missing would be a finding of its own.
    let server = try server(["--interval", "0.02", "--ping", "25"])
    let live = try live([
      "--format", "ndjson", "--until-finding", "stalled-stream", "--on-finding", folder.path, "--fail-on", "warning",
    ])
    let client = try client(["--prompts", "50"])
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
    let lines = try live.output.split(separator: "\n").map { try json(String($0)) }
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
    let live = try live(["--format", "text"])
    let refused = try client([])
    refused.wait()
    #expect(live.wait(10) { $0.output.contains("connect-refused") })
    let server = try server()
    let client = try client(["--prompts", "50"])
    usleep(1_500_000)
    server.signal(SIGKILL)
    #expect(live.wait(10) { $0.output.contains("abnormal-close") }, "\(live.output)")
    client.wait()
    live.signal(SIGINT)
    #expect(live.wait() == 0)
    #expect(live.output.contains("packets"))
  }

  @Test("no right is left once the interface is open")
  func rights() throws {
    let live = try live(["--format", "text"])
    let status = LiveTests.status(of: live.id)
    for set in ["CapPrm", "CapEff", "CapInh", "CapAmb"] { #expect(status[set] == "0000000000000000", "\(set)") }
    #expect(status["NoNewPrivs"] == "1")
    for field in ["Uid", "Gid"] { #expect(status[field]?.split(separator: "\t").contains("0") == false) }
    #expect(status["Groups"] == "")
    live.signal(SIGINT)
    #expect(live.wait() == 0)
  }

  @Test("what was written before a kill is a whole capture, in each file of a ring")
  func killed() throws {
    let server = try server(["--interval", "0.002", "--tokens", "5000"])
    let live = try live(["--format", "json", "--write", folder.path + "/ring.pcap", "--ring", "100k,3"])
    let client = try client(["--sessions", "5"])
    let files = { (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.sorted() ?? [] }
    #expect(live.wait(30) { _ in files().count == 3 && files()[0].contains("-000003-") }, "\(files())")
    live.signal(SIGKILL)
    live.wait()
    for name in files() {
      let outcome = try Tool.run(["analyze", folder.path + "/" + name])
      #expect(outcome.status == 0)
      #expect(outcome.errors.isEmpty, "\(outcome.errors)")
    }
    client.signal(SIGKILL)
    server.signal(SIGKILL)
  }

  @Test("counters are served to Prometheus, and written as lines")
  func statistics() throws {
    let live = try live([
      "--format", "text", "--metrics", "127.0.0.1:19464", "--interval", "1s", "--statistics", folder.path + "/counters",
    ])
    let server = try server()
    try client(["--sessions", "2", "--prompts", "1"]).wait()
    usleep(1_500_000)
    let metrics = try String(contentsOf: try #require(URL(string: "http://127.0.0.1:19464/metrics")), encoding: .utf8)
    #expect(metrics.contains("\nwstrace_sessions_total 2\n"))
    #expect(
      try String(contentsOf: try #require(URL(string: "http://127.0.0.1:19464/healthz")), encoding: .utf8) == "ok\n")
    live.signal(SIGINT)
    #expect(live.wait() == 0)
    server.signal(SIGTERM)
    let counters = try String(contentsOfFile: folder.path + "/counters", encoding: .utf8)
    let last = try json(String(try #require(counters.split(separator: "\n").last)))
    #expect(last["sessions"] as? Int == 2)
    #expect(last["upgradesAccepted"] as? Int == 2)
  }

  @Test("a folder that the account can't write is told before the capture begins")
  func unwritable() throws {
    chmod(folder.path, 0o700)
    let live = try RunningProgram(
      [Tool.path ?? "", "live", "--netns", network.serverPath, "-i", "veth0", "--write", folder.path + "/a.pcap"])
    #expect(live.wait() == 2)
    #expect(live.errors.contains("may not write"), "\(live.errors)")
    #expect(live.errors.contains("--user"))
  }

  @Test("with --follow, an interface that is down is waited for; without, it ends the capture")
  func down() throws {
    let waiting = try live(["--format", "text", "--follow"])
    let ending = try live(["--format", "text"])
    try Shell.succeed("ip -n \(network.name)-b link set veth0 down")
    #expect(ending.wait() == 2)
    #expect(ending.errors.contains("is down"))
    try Shell.succeed("ip -n \(network.name)-b link set veth0 up")
    let server = try server()
    try client(["--prompts", "1"]).wait()
    usleep(1_000_000)
    waiting.signal(SIGINT)
    #expect(waiting.wait() == 0)
    #expect(waiting.output.contains("1 session"), "\(waiting.output)")
    server.signal(SIGTERM)
  }
}

/// What can be told without rights, and without a device.
@Suite(.enabled(if: Tool.isBuilt, "wstrace is not built: swift build -c release"))
struct LiveArgumentTests {
  @Test("interfaces are listed, the loopback with its address")
  func interfaces() throws {
    let outcome = try Tool.run(["interfaces"])
    #expect(outcome.status == 0)
    #expect(outcome.output.split(separator: "\n").contains { $0.hasPrefix("lo ") })
  }

  @Test(
    "wrong arguments are told with the option's name",
    arguments: [
      (["--ring", "100M,10"], "--write"), (["--ring", "100M", "--write", "x"], "--ring"),
      (["--until-finding", "no-such"], "wstrace explain"), (["--netns", "a", "--pid", "1"], "not both"),
      (["--statistics", "x"], "--interval"), (["--duration", "0s"], "--duration"), (["--packets", "0"], "--packets"),
      (["--metrics", "nowhere"], "--metrics"), (["--buffer", "3G"], "--buffer"),
    ])
  func arguments(options: [String], word: String) throws {
    let outcome = try Tool.run(["live", "-i", "lo"] + options)
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains(word), "\(outcome.errors)")
  }

  @Test("an interface that is not there ends it with those that are", .enabled(if: geteuid() == 0, "needs root"))
  func missing() throws {
    let outcome = try Tool.run(["live", "-i", "nosuchdevice0"])
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("no such interface"))
    #expect(outcome.errors.contains("lo (127.0.0.1)"))
  }
}
