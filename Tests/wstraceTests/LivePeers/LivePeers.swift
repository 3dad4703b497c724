import Foundation
import TestSupport

/// Programs that are not ours, and what lets them speak with each other unseen by the rest of the machine.
enum LivePeers {
  /// Their own programs, and the orchestration of all.
  private static let programs = PackageRoot.path + "/Tests/wstraceTests/LivePeers/Programs"
  /// Where `make setup` puts what comes from PyPI.
  private static let packages = PackageRoot.path + "/.build/peers"
  private static let python = packages + "/venv/bin/python"

  /// What is not here, or `nil` where the conversation can take place.
  static let missing: String? = {
    let programs = ["unshare", "ip", "tcpdump", "nginx", "node", "chromium"].filter { path(of: $0) == nil }
    let files = ["/usr/share/nodejs/ws", python].filter { !FileManager.default.fileExists(atPath: $0) }
    let absent = programs + files + (wheel == nil ? ["the wheel of nicegui"] : [])
    if !absent.isEmpty { return "make setup has not installed \(absent.joined(separator: ", "))" }
    return namespace == nil ? "this user may not make a network namespace" : nil
  }()

  /// The package that has the Socket.IO client of browsers in it.
  private static let wheel: String? = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: packages)) ?? []
    return names.first { $0.hasPrefix("nicegui-") && $0.hasSuffix(".whl") }.map { packages + "/" + $0 }
  }()

  /// How a network namespace is made: as root, or as a user who keeps its rights there and so stays the same user.
  private static let namespace: [String]? = [["--net"], ["--net", "--map-current-user", "--keep-caps"]].first {
    (try? run("unshare", $0 + ["ip", "link", "set", "lo", "up"])) == 0
  }

  /// Lets them converse; the folder then has capture.pcap and what each program has noted.
  static func converse(in folder: TemporaryFolder) throws {
    let status = try run("unshare", (namespace ?? []) + [python, programs + "/converse.py", folder.path, wheel ?? ""])
    if status != 0 { throw Failure(description: "converse.py ended with status \(status)") }
  }

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  private static func run(_ program: String, _ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: path(of: program) ?? "/nonexistent")
    process.arguments = arguments
    var environment = ProcessInfo.processInfo.environment
    environment["PATH"] = searchPath
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Debian keeps some of them among the administrator's programs.
  private static let searchPath = (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/sbin:/sbin"

  private static func path(of program: String) -> String? {
    searchPath.split(separator: ":").map { "\($0)/\(program)" }.first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
  }
}
