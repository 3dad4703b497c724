import Foundation
import TestSupport
import Testing

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
