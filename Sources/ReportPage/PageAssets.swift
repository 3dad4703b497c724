/// The parts of `report.html` that are the same in every report, embedded in the program.
package enum PageAssets {
  /// The style sheet.
  package static var style: [UInt8] { PackageResources.page_css }

  /// The script that draws the picture, the charts and the tables.
  package static var script: [UInt8] { PackageResources.page_js }
}
