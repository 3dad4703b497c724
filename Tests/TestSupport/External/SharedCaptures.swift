import Foundation

/// A larger collection of recordings that may lie beside the package; tests that want it are skipped where it is not.
///
/// ```swift
/// @Test(.enabled(if: SharedCaptures.folder != nil, "no ../shared/captures here"))
/// ```
package enum SharedCaptures {
  /// The folder, or `nil` where there is none; the environment variable WSTRACE_CAPTURES names another one.
  package static let folder: String? = {
    let named = ProcessInfo.processInfo.environment["WSTRACE_CAPTURES"]
    let path = named ?? PackageRoot.path + "/../shared/captures"
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else { return nil }
    return URL(filePath: path).standardizedFileURL.path
  }()

  /// The path of a file in it, or `nil` where there is none.
  package static func path(of name: String) -> String? {
    guard let folder else { return nil }
    let path = folder + "/" + name
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }

  /// All pcap and pcapng files in it, by name; empty where there is no such folder.
  package static let names: [String] = {
    guard let folder, let all = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return [] }
    return all.filter { $0.hasSuffix(".pcap") || $0.hasSuffix(".pcapng") }.sorted()
  }()
}
