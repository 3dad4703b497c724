import Foundation
import TestSupport
import Testing

/// A pair of network namespaces, joined by a cable: `…-a` with 10.199.0.1 on `veth0`, `…-b` with 10.199.0.2.
///
/// Both are taken down when the test lets go of it.
final class NetworkNamespaces {
  let name: String

  /// Whether namespaces can be made here: by root, with `ip`.
  static let areAvailable: Bool = {
    guard geteuid() == 0 else { return false }
    let probe = "wstrace-probe-\(getpid())"
    guard (try? Shell.run("ip netns add \(probe) && ip netns del \(probe)")) == 0 else { return false }
    return true
  }()

  static let reason = "making network namespaces needs root and iproute2"

  init() throws {
    name = "wst\(UInt16.random(in: 0...UInt16.max))"
    try Shell.succeed(
      """
      set -e
      ip netns add \(name)-a; ip netns add \(name)-b
      ip -n \(name)-a link add veth0 type veth peer name veth0 netns \(name)-b
      ip -n \(name)-a addr add 10.199.0.1/24 dev veth0; ip -n \(name)-b addr add 10.199.0.2/24 dev veth0
      for side in a b; do ip -n \(name)-$side link set veth0 up; ip -n \(name)-$side link set lo up; done
      """)
  }

  deinit { _ = try? Shell.run("ip netns del \(name)-a; ip netns del \(name)-b") }

  /// The file of the namespace in which the server runs.
  var serverPath: String { "/run/netns/\(name)-b" }

  /// Starts the chat's server at `…-b`, and waits until it listens.
  func server(_ options: [String] = []) throws -> RunningProgram {
    let server = try start("b", ["server", "10.199.0.2", "8080"] + options)
    #expect(server.wait(10) { $0.output.contains("ready") })
    return server
  }

  /// Starts clients of the chat at `…-a`.
  func client(_ options: [String] = []) throws -> RunningProgram {
    try start("a", ["client", "10.199.0.2", "8080"] + options)
  }

  /// Starts a capture on the server's side, and waits until it captures.
  func live(_ options: [String]) throws -> RunningProgram {
    try LiveProgram.start(["--netns", serverPath, "-i", "veth0"] + options)
  }

  /// Starts the chat in one of them.
  func start(_ side: String, _ arguments: [String]) throws -> RunningProgram {
    try RunningProgram(["ip", "netns", "exec", "\(name)-\(side)", "python3", Programs.chat] + arguments)
  }
}

/// Commands for which a shell is the shortest way.
enum Shell {
  static func run(_ script: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", script]
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  static func succeed(_ script: String) throws {
    guard try run(script) == 0 else { throw Failure(script: script) }
  }

  struct Failure: Error {
    var script: String
  }
}
