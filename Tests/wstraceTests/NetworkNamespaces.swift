import Foundation
import TestSupport

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

  /// Starts a program of `Programs` in one of them.
  func start(_ side: String, _ arguments: [String]) throws -> RunningProgram {
    try RunningProgram(["ip", "netns", "exec", "\(name)-\(side)", "python3", Programs.chat] + arguments)
  }
}

/// Programs that the tests run beside wstrace.
enum Programs {
  static let chat = PackageRoot.path + "/Tests/wstraceTests/Programs/chat.py"
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

/// A program that runs beside the test; it is killed when the test lets go of it.
final class RunningProgram {
  private let process = Process()
  private let folder: TemporaryFolder

  init(_ command: [String]) throws {
    folder = try TemporaryFolder()
    for file in ["output", "errors"] { try folder.write([], as: file) }
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: folder.path + "/output")
    process.standardError = FileHandle(forWritingAtPath: folder.path + "/errors")
    try process.run()
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  var id: Int32 { process.processIdentifier }
  var isRunning: Bool { process.isRunning }
  var output: String { (try? String(decoding: contents(of: folder.path + "/output"), as: UTF8.self)) ?? "" }
  var errors: String { (try? String(decoding: contents(of: folder.path + "/errors"), as: UTF8.self)) ?? "" }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// Waits for the end, and answers the exit status; what has not ended after a minute is killed.
  @discardableResult
  func wait() -> Int32 {
    if !wait(60, until: { !$0.isRunning }) { signal(SIGKILL) }
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Waits until something is so; false where it is not within a time, in seconds.
  func wait(_ seconds: Double, until condition: (RunningProgram) -> Bool) -> Bool {
    let end = Date().addingTimeInterval(seconds)
    while Date() < end {
      if condition(self) { return true }
      usleep(20_000)
    }
    return condition(self)
  }
}
