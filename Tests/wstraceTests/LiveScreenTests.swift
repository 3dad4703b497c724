import Foundation
import TestSupport
import Testing

/// The screen of `wstrace live`, on a terminal of which a program holds the other end.
@Suite(
  .enabled(if: Tool.isBuilt, "wstrace is not built: swift build -c release"),
  .enabled(if: NetworkNamespaces.areAvailable, "\(NetworkNamespaces.reason)"))
struct LiveScreenTests {
  private static let program = PackageRoot.path + "/Tests/wstraceTests/Programs/terminal.py"
  private let folder: TemporaryFolder
  private let network: NetworkNamespaces

  init() throws {
    folder = try TemporaryFolder()
    network = try NetworkNamespaces()
    chmod(folder.path, 0o777)
  }

  /// What a terminal showed, with the steps of `terminal.py`.
  private func screen(_ steps: [String], environment: [String] = []) throws -> [String: Any] {
    let terminal = try RunningProgram(
      ["-C", folder.path, "-u", "NO_COLOR", "TERM=xterm-256color"] + environment + ["python3", Self.program, "24x80"]
        + steps
        + ["--", Tool.path ?? "", "live", "--netns", network.serverPath, "-i", "veth0"])
    terminal.wait()
    let result = try ChatCounts.json(terminal.output)
    #expect(result["failed"] is NSNull, "\(result["failed"] ?? "") did not come: \(result["shown"] ?? "")")
    return result
  }

  @Test("it shows the chat, follows the window, saves at a key, and gives the terminal back before the summary")
  func keys() throws {
    let server = try network.server()
    let client = try network.client(["--sessions", "2", "--prompts", "100"])
    let result = try screen([
      "wait:\u{1b}[?1049h", "wait:2 sessions", "wait:token", "type:w", "wait:saved", "type:p", "wait:PAUSED", "type:p",
      "resize:40x120", "wait:\(String(repeating: "─", count: 110))", "type:f", "wait:all sessions", "type:q",
      "wait:\u{1b}[?1049l", "wait:sessions",
    ])
    #expect(result["status"] as? Int == 0)
    #expect(result["isRestored"] as? Bool == true)
    let saved = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("wstrace-") }
    #expect(saved.count == 1)
    for name in saved {
      #expect((try Tool.document([folder.path + "/" + name])["sessions"] as? [Any])?.count == 2)
    }
    client.signal(SIGKILL)
    server.signal(SIGKILL)
  }

  @Test("two signals give the terminal back too")
  func interrupted() throws {
    let result = try screen(["wait:waiting for a session", "signal:INT,TERM", "wait:\u{1b}[?1049l"])
    #expect((result["status"] as? Int ?? 0) < 0)
    #expect(result["isRestored"] as? Bool == true)
  }

  @Test("NO_COLOR leaves only what moves the cursor")
  func colorless() throws {
    let result = try screen(["wait:no fault", "type:q", "wait:packets"], environment: ["NO_COLOR=1"])
    let shown = try #require(result["shown"] as? String)
    #expect(!shown.contains("m\u{1b}") && !shown.contains("\u{1b}[1m") && !shown.contains("\u{1b}[2m"))
    let colored = try screen(["wait:no fault", "type:q", "wait:packets"])
    #expect((colored["shown"] as? String ?? "").contains("\u{1b}[1m"))
  }
}
