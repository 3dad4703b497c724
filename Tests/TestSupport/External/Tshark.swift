import Foundation

/// Wireshark's terminal program, as a second opinion.
package enum Tshark {
  /// Its path, or `nil` where it is not installed.
  package static let path: String? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/tshark" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// Runs it and returns the lines of its standard output; `nil` where it is not installed or fails.
  package static func lines(_ arguments: [String]) throws -> [String]? {
    guard let path else { return nil }
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { return nil }
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// The values of fields of all packets of a file that match a display filter, one array a packet.
  package static func fields(
    _ names: [String], of file: String, filter: String = "", options: [String] = []
  ) throws -> [[String]]? {
    let selection = names.flatMap { ["-e", $0] }
    let arguments = ["-r", file, "-Y", filter, "-T", "fields", "-E", "separator=/t"] + options + selection
    return try lines(arguments)?.map { line in
      line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
  }
}
