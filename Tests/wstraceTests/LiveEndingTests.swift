import Foundation
import TestSupport
import Testing

/// How `wstrace live` ends.
@Suite(
  .enabled(if: Tool.isBuilt, "wstrace is not built: swift build -c release"),
  .enabled(if: NetworkNamespaces.areAvailable, "\(NetworkNamespaces.reason)"))
struct LiveEndingTests {
  private let network: NetworkNamespaces

  init() throws { network = try NetworkNamespaces() }

  @Test("--duration ends a quiet capture, and --packets one after so many")
  func limits() throws {
    let quiet = try network.live(["--format", "json", "--duration", "1s"])
    let counting = try network.live(["--format", "json", "--packets", "25"])
    #expect(quiet.wait() == 0)
    let server = try network.server()
    let client = try network.client(["--prompts", "50"])
    #expect(counting.wait() == 0)
    let capture = try #require((try ChatCounts.json(counting.output)["captures"] as? [[String: Any]])?.first)
    #expect(capture["packets"] as? Int == 25)
    client.signal(SIGKILL)
    server.signal(SIGKILL)
  }

  @Test("a second signal ends it at once, without the summary")
  func twice() throws {
    let live = try network.live(["--format", "text"])
    // Both are there when it goes on.
    live.signal(SIGSTOP)
    live.signal(SIGINT)
    live.signal(SIGTERM)
    live.signal(SIGCONT)
    live.wait()
    #expect(live.endedBySignal)
    #expect(live.output.isEmpty)
  }
}
