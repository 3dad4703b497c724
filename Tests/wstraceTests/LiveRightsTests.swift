import Foundation
import TestSupport
import Testing

/// Which rights `wstrace live` needs, and that it keeps none.
@Suite(
  .enabled(if: Tool.isBuilt, "wstrace is not built: swift build -c release"),
  .enabled(if: NetworkNamespaces.areAvailable, "\(NetworkNamespaces.reason)"))
struct LiveRightsTests {
  private let network: NetworkNamespaces

  init() throws { network = try NetworkNamespaces() }

  @Test("no right is left in any thread once the interface is open")
  func rights() throws {
    let live = try network.live(["--format", "text", "--metrics", "127.0.0.1:19467"])
    let threads = LiveProgram.threads(of: live.id)
    // That of the counters' server is one of them.
    #expect(threads.count > 1)
    for status in threads {
      for set in ["CapPrm", "CapEff", "CapInh", "CapAmb"] { #expect(status[set] == "0000000000000000", "\(set)") }
      #expect(status["NoNewPrivs"] == "1")
      for field in ["Uid", "Gid"] { #expect(status[field]?.split(separator: "\t").contains("0") == false) }
      #expect(status["Groups"] == "")
    }
    live.signal(SIGINT)
    #expect(live.wait() == 0)
  }

  @Test("the account is that of --user, or the caller of sudo")
  func account() throws {
    for (environment, options) in [([], ["--user", "daemon"]), (["SUDO_USER=daemon"], [])] {
      let live = try RunningProgram(
        environment + [Tool.path ?? "", "live", "--netns", network.serverPath, "-i", "veth0", "--format", "text"]
          + options)
      let id = getpwnam("daemon").map { String($0.pointee.pw_uid) } ?? ""
      #expect(live.wait(10) { LiveProgram.status(of: $0.id)["Uid"]?.hasPrefix(id + "\t") == true }, "\(live.errors)")
      usleep(300_000)
      live.signal(SIGINT)
      #expect(live.wait() == 0, "\(live.errors)")
    }
  }

  @Test(
    "without rights, the message says what is missing",
    arguments: [
      (["-i", "lo"], "sudo setcap cap_net_raw,cap_net_admin=eip /"), (["--pid", "1"], "needs root; run with sudo"),
    ])
  func missing(options: [String], words: String) throws {
    let live = try RunningProgram(
      ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", Tool.path ?? "", "live"] + options)
    #expect(live.wait() == 2)
    #expect(live.errors.contains(words), "\(live.errors)")
    let listing = try RunningProgram(
      ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", Tool.path ?? "", "interfaces"])
    #expect(listing.wait() == 0)
    #expect(listing.output.contains("Capturing needs CAP_NET_RAW"))
  }
}
