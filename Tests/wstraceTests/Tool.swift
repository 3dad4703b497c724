import Foundation
import TestSupport

/// The built command, run as a user runs it.
///
/// The environment variable WSTRACE_TOOL names it; without one it is the package's release build.
enum Tool {
  /// Its path, or `nil` where it has not been built.
  static let path: String? = {
    let named = ProcessInfo.processInfo.environment["WSTRACE_TOOL"]
    let path = named ?? PackageRoot.path + "/.build/release/wstrace"
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }()

  static var isBuilt: Bool { path != nil }

  /// What a run wrote, and how it ended.
  struct Outcome {
    var status: Int32
    var output: String
    var errors: String

    /// The lines of standard error.
    var errorLines: [Substring] { errors.split(separator: "\n") }
  }

  /// The recordings that belong to the project, by file name.
  static let captures: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: PackageRoot.captures)) ?? []
    return names.filter { $0.hasSuffix(".pcap") || $0.hasSuffix(".pcapng") }.sorted()
  }()

  /// Runs it in the folder of the recordings, so that their names are their paths.
  ///
  /// `input` is a file for standard input, `environment` what is added to the test's own.
  static func run(
    _ arguments: [String], input: String = "/dev/null", environment: [String: String] = [:]
  ) throws -> Outcome {
    let folder = try TemporaryFolder()
    let (output, errors) = (folder.path + "/output", folder.path + "/errors")
    let process = Process()
    process.executableURL = URL(filePath: path ?? "/nonexistent")
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.currentDirectoryURL = URL(filePath: PackageRoot.captures)
    process.standardInput = FileHandle(forReadingAtPath: input)
    for file in ["output", "errors"] { try folder.write([], as: file) }
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    try process.run()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: String(decoding: try contents(of: output), as: UTF8.self),
      errors: String(decoding: try contents(of: errors), as: UTF8.self))
  }

  /// A capture's JSON document.
  static func document(_ arguments: [String], input: String = "/dev/null") throws -> [String: Any] {
    let outcome = try run(["analyze", "--format", "json"] + arguments, input: input)
    return try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any] ?? [:]
  }
}
