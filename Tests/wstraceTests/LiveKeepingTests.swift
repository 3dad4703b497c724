import Foundation
import TestSupport
import Testing

/// What `wstrace live` saves, and what becomes of it in the worst moment.
@Suite(
  .enabled(if: Tool.isBuilt, "wstrace is not built: swift build -c release"),
  .enabled(if: NetworkNamespaces.areAvailable, "\(NetworkNamespaces.reason)"))
struct LiveKeepingTests {
  private let folder: TemporaryFolder
  private let network: NetworkNamespaces

  init() throws {
    folder = try TemporaryFolder()
    network = try NetworkNamespaces()
    // The account that wstrace becomes must be able to write here.
    chmod(folder.path, 0o777)
  }

  @Test("what was written before a kill is a whole capture, in each file of a ring")
  func killed() throws {
    let server = try network.server(["--interval", "0.002", "--tokens", "5000"])
    let live = try network.live(["--format", "json", "--write", folder.path + "/ring.pcap", "--ring", "100k,3"])
    let client = try network.client(["--sessions", "5"])
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

  @Test("a folder that the account can't write is told before the capture begins")
  func unwritable() throws {
    chmod(folder.path, 0o700)
    let live = try RunningProgram(
      [Tool.path ?? "", "live", "--netns", network.serverPath, "-i", "veth0", "--write", folder.path + "/a.pcap"])
    #expect(live.wait() == 2)
    #expect(live.errors.contains("may not write"), "\(live.errors)")
    #expect(live.errors.contains("--user"))
  }

  @Test("a full disk is said and stops the writing; the capture goes on, and what was written can be read")
  func fullDisk() throws {
    try Shell.succeed("mount -t tmpfs -o size=64k,mode=777 none \(folder.path)")
    defer { _ = try? Shell.run("umount \(folder.path)") }
    let saved = folder.path + "/chat.pcap"
    let live = try network.live([
      "--format", "json", "--write", saved, "--interval", "0.1s", "--statistics", folder.path + "/counters",
    ])
    let server = try network.server(["--interval", "0.005", "--tokens", "100"])
    #expect(try network.client(["--sessions", "10", "--prompts", "2"]).wait() == 0)
    usleep(1_000_000)
    live.signal(SIGINT)
    #expect(live.wait() == 0, "\(live.errors)")
    server.signal(SIGTERM)
    server.wait()
    #expect(live.errors.contains("chat.pcap: cannot be written: No space left on device"), "\(live.errors)")
    let document = try ChatCounts.json(live.output)
    #expect(ChatCounts.events(document, "serverToClient", "token") == 2000)
    let outcome = try Tool.run(["analyze", saved])
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty, "\(outcome.errors)")
  }
}
