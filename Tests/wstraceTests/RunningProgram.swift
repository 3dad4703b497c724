import Foundation
import TestSupport

/// Programs that the tests run beside wstrace.
enum Programs {
  static let chat = PackageRoot.path + "/Tests/wstraceTests/Programs/chat.py"
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
  /// Where standard output goes.
  var outputPath: String { folder.path + "/output" }
  /// Whether a signal ended it that it did not take.
  var endedBySignal: Bool { process.terminationReason == .uncaughtSignal }
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
