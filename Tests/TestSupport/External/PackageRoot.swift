import Foundation

/// The folder of this package's manifest.
package enum PackageRoot {
  package static let path = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .path

  /// The recordings that belong to this project.
  package static let captures = path + "/Captures"
}
