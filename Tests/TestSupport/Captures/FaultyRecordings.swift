import Foundation

/// Recordings of faults, and by which findings each is known: those of this package, and those that may lie beside it.
package struct FaultyRecording: Sendable, CustomStringConvertible {
  package var path: String
  /// Findings of which one is the root cause, or names it.
  package var causes: [String]

  package var description: String { URL(filePath: path).lastPathComponent }

  /// All there are.
  package static let all: [FaultyRecording] = {
    let names = Set(own.map(\.description))
    return own + shared.filter { !names.contains($0.description) }
  }()

  /// Those whose ground truth lies in `Captures`.
  private static var own: [FaultyRecording] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: PackageRoot.captures)) ?? []
    return names.filter { $0.hasSuffix(".truth.json") }.sorted().compactMap { name in
      let truth = object(PackageRoot.captures + "/" + name)
      guard let file = truth["capture"] as? String else { return nil }
      return recording(PackageRoot.captures + "/" + file, (truth["findings"] as? [String: Any])?["must"])
    }
  }

  private static var shared: [FaultyRecording] {
    guard let path = SharedCaptures.path(of: "expect.json") else { return [] }
    return object(path).sorted { $0.key < $1.key }.compactMap { _, value in
      let truth = value as? [String: Any]
      guard let file = truth?["file"] as? String, let capture = SharedCaptures.path(of: file) else { return nil }
      return recording(capture, truth?["must"])
    }
  }

  private static func recording(_ path: String, _ expected: Any?) -> FaultyRecording? {
    let named = (expected as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
    // What follows from another fault wherever one stands beside it.
    let causes = named.filter { !["polling-only", "missing-101"].contains($0) }
    return named.isEmpty ? nil : FaultyRecording(path: path, causes: causes.isEmpty ? named : causes)
  }

  private static func object(_ path: String) -> [String: Any] {
    guard let data = try? Data(contentsOf: URL(filePath: path)) else { return [:] }
    return (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] ?? [:]
  }
}
