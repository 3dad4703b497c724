/// Rows whose columns line up by the width that a terminal shows.
package struct Table: Sendable {
  package enum Alignment: Sendable {
    case left, right
  }

  private let alignments: [Alignment]
  private let headings: [String]
  private let gap: String
  private var rows: [[String]] = []

  /// A table with a heading; without one, an empty list of names.
  package init(_ headings: [String], _ alignments: [Alignment], gap: Int = 3) {
    self.gap = String(repeating: " ", count: gap)
    self.alignments = alignments
    self.headings = headings
  }

  /// Adds a row of as many cells as there are columns, safe to show.
  package mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The rows as lines without trailing spaces, with a gap between columns, fitted to a width where there is one.
  ///
  /// A column in which no row has anything is left out. What is too wide first loses the columns that can be spared, in
  /// their order, and is cut only then.
  package func lines(width: Int?, sparing spare: [Int] = []) -> [String] {
    var widths = alignments.indices.map(width(ofColumn:))
    if let width {
      for column in spare where total(widths) > width { widths[column] = 0 }
    }
    return ((headings.isEmpty ? [] : [headings]) + rows).map { row in
      var line = ""
      var isFirst = true
      for (column, cell) in row.enumerated() where widths[column] > 0 {
        line += (isFirst ? "" : gap) + DisplayWidth.pad(cell, to: widths[column], alignments[column])
        isFirst = false
      }
      while line.last == " " { line.removeLast() }
      return width.map { DisplayWidth.cut(line, to: $0) } ?? line
    }
  }

  private func total(_ widths: [Int]) -> Int {
    widths.reduce(-gap.count) { $1 > 0 ? $0 + $1 + gap.count : $0 }
  }

  private func width(ofColumn column: Int) -> Int {
    let widest = rows.reduce(0) { max($0, DisplayWidth.of($1[column])) }
    return widest > 0 && column < headings.count ? max(widest, DisplayWidth.of(headings[column])) : widest
  }
}
