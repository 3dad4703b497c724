import Foundation
import TestSupport
import Testing

/// Interfaces of `wstrace live`: which one it takes, and what it does when one goes away.
@Suite(
  .enabled(if: Tool.isBuilt, "wstrace is not built: swift build -c release"),
  .enabled(if: NetworkNamespaces.areAvailable, "\(NetworkNamespaces.reason)"))
struct LiveDeviceTests {
  private let network: NetworkNamespaces

  init() throws { network = try NetworkNamespaces() }

  @Test("with --follow, an interface that is down is waited for; without, it ends the capture")
  func down() throws {
    let waiting = try network.live(["--format", "text", "--follow"])
    let ending = try network.live(["--format", "text"])
    try Shell.succeed("ip -n \(network.name)-b link set veth0 down")
    #expect(ending.wait() == 2)
    #expect(ending.errors.contains("is down"))
    try Shell.succeed("ip -n \(network.name)-b link set veth0 up")
    let server = try network.server()
    try network.client(["--prompts", "1"]).wait()
    usleep(1_000_000)
    waiting.signal(SIGINT)
    #expect(waiting.wait() == 0)
    #expect(waiting.output.contains("1 session"), "\(waiting.output)")
    server.signal(SIGTERM)
  }

  @Test("with --follow, one that is down at the start is waited for too")
  func downAtStart() throws {
    try Shell.succeed("ip -n \(network.name)-b link set veth0 down")
    let live = try RunningProgram([
      Tool.path ?? "", "live", "--netns", network.serverPath, "-i", "veth0", "--follow", "--format", "json",
    ])
    #expect(live.wait(10) { $0.errors.contains("waiting until it is up") })
    try Shell.succeed("ip -n \(network.name)-b link set veth0 up")
    #expect(live.wait(10) { LiveProgram.status(of: $0.id)["Uid"]?.hasPrefix("0") == false })
    usleep(300_000)
    let server = try network.server()
    try network.client(["--prompts", "1"]).wait()
    usleep(1_000_000)
    live.signal(SIGINT)
    #expect(live.wait() == 0)
    #expect((try ChatCounts.json(live.output)["sessions"] as? [Any])?.count == 1)
    server.signal(SIGTERM)
  }

  @Test("a named interface that is removed ends the capture with its summary; any outlives it")
  func removed() throws {
    let named = try network.live(["--format", "text", "--follow"])
    let any = try LiveProgram.start(["--netns", network.serverPath, "-i", "any", "--format", "json"])
    try Shell.succeed("ip -n \(network.name)-b link del veth0")
    #expect(named.wait() == 2)
    #expect(named.errors.contains("was removed"), "\(named.errors)")
    #expect(named.output.contains("0 errors") || named.output.contains("packets"), "\(named.output)")
    // The same cable once more.
    try Shell.succeed(
      """
      set -e
      ip -n \(network.name)-a link add veth0 type veth peer name veth0 netns \(network.name)-b
      ip -n \(network.name)-a addr add 10.199.0.1/24 dev veth0; ip -n \(network.name)-b addr add 10.199.0.2/24 dev veth0
      for side in a b; do ip -n \(network.name)-$side link set veth0 up; done
      """)
    let server = try network.server()
    try network.client(["--prompts", "1"]).wait()
    usleep(1_000_000)
    any.signal(SIGINT)
    #expect(any.wait() == 0)
    #expect((try ChatCounts.json(any.output)["sessions"] as? [Any])?.count == 1)
    server.signal(SIGTERM)
  }

  @Test("without -i, the interface with the port's connections is taken; a process names its namespace")
  func chosen() throws {
    let server = try network.server()
    let client = try network.client(["--prompts", "50"])
    let hasConnection = "ip netns exec \(network.name)-b grep -q ' 01 ' /proc/net/tcp"
    #expect(client.wait(10) { _ in (try? Shell.run(hasConnection)) == 0 })
    let live = try LiveProgram.start(["--pid", "\(server.id)", "--format", "json"])
    usleep(500_000)
    live.signal(SIGINT)
    #expect(live.wait() == 0)
    let capture = try #require((try ChatCounts.json(live.output)["captures"] as? [[String: Any]])?.first)
    #expect(capture["path"] as? String == "veth0")
    #expect((capture["packets"] as? Int ?? 0) > 0)
    client.signal(SIGKILL)
    server.signal(SIGKILL)
  }

  @Test("packets of two interfaces come in the order of time")
  func several() throws {
    let live = try LiveProgram.start([
      "--netns", network.serverPath, "-i", "veth0", "-i", "lo", "--format", "json",
    ])
    let server = try network.server()
    try network.client(["--sessions", "3", "--prompts", "1"]).wait()
    usleep(1_000_000)
    live.signal(SIGINT)
    #expect(live.wait() == 0)
    server.signal(SIGTERM)
    server.wait()
    let document = try ChatCounts.json(live.output)
    #expect((document["captures"] as? [[String: Any]])?.compactMap { $0["path"] as? String } == ["veth0", "lo"])
    #expect(ChatCounts.events(document, "serverToClient", "token") == (try ChatCounts.logged(by: server)["tokens"]))
    #expect((document["findings"] as? [Any])?.count == 0)
  }
}
