import Foundation
import TestSupport

/// Chromium, driven by Playwright's Python library, which `make setup` puts under `.build/browser`.
enum Browser {
  static let chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  static let python = PackageRoot.path + "/.build/browser/bin/python"

  /// The command to test: `WSTRACE_TOOL`, or what was built last.
  static let tool: String? = {
    let named = ProcessInfo.processInfo.environment["WSTRACE_TOOL"]
    let candidates = [named, PackageRoot.path + "/.build/release/wstrace", PackageRoot.path + "/.build/debug/wstrace"]
    return candidates.compactMap { $0 }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  static var isThere: Bool {
    chromium != nil && tool != nil && FileManager.default.isExecutableFile(atPath: python)
  }

  /// What a page showed and did.
  struct Sight: Decodable {
    var title: String
    var marks: Int
    var lanes: Int
    var findings: [String]
    var firstScreen: [String]
    var pwned: Bool
    var scripts: Int
    var images: Int
    var overflow: Int
    var console: [String]
    var requests: [String]
    var dialogs: Int
    var axe: [String: [String]]
    var zooms: Bool?
    var pans: Bool?
    var resets: Bool?
    var wheelZooms: Bool?
    var filters: [Int]?
    var hover: String?
    var detail: String?
    var copied: String?
    var closes: Bool?
    var keyboardOpens: Bool?
  }

  /// Makes a report's page of a capture and looks at it.
  static func look(at capture: String, options: [String] = []) throws -> Sight {
    let folder = try TemporaryFolder()
    let page = folder.path + "/report.html"
    _ = try output(of: tool ?? "", ["report", capture, "--format", "html", "-o", page] + options)
    let script = PackageRoot.path + "/Tests/ReportPageTests/Browser/look.py"
    var arguments = [script, page, chromium ?? ""]
    if let shots = ProcessInfo.processInfo.environment["WSTRACE_SCREENSHOTS"] {
      arguments.append(shots + "/" + (URL(filePath: capture).deletingPathExtension().lastPathComponent))
    }
    return try JSONDecoder().decode(Sight.self, from: try output(of: python, arguments))
  }

  /// The findings that each capture's page names on its first screen, on a laptop and on a telephone.
  static func firstScreens(of captures: [String]) throws -> [[[String]]] {
    let folder = try TemporaryFolder()
    let pages = try captures.enumerated().map { index, capture in
      let page = "\(folder.path)/\(index).html"
      _ = try output(of: tool ?? "", ["report", capture, "--format", "html", "-o", page])
      return page
    }
    let script = PackageRoot.path + "/Tests/ReportPageTests/Browser/look.py"
    let screens = try output(of: python, [script, "--first-screens", chromium ?? ""] + pages)
    return try JSONDecoder().decode([[[String]]].self, from: screens)
  }

  /// What a program wrote on standard output; throws what it wrote on standard error where it fails.
  static func output(of program: String, _ arguments: [String]) throws -> Data {
    let folder = try TemporaryFolder()
    let errors = try folder.write([], as: "errors")
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle(forWritingAtPath: errors)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(
        command: ([program] + arguments).joined(separator: " "), status: process.terminationStatus,
        words: String(decoding: try contents(of: errors), as: UTF8.self))
    }
    return data
  }

  /// A program that ended badly, and why, as it says.
  struct Failure: Error, CustomStringConvertible {
    var command: String
    var status: Int32
    var words: String

    var description: String { "\(command) ended with status \(status):\n\(words)" }
  }
}
