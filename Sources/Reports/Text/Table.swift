/// Rows whose columns line up by the width that a terminal shows.
struct Table {
  enum Alignment {
    case left, right
  }

  private let alignments: [Alignment]
  private var rows: [[String]] = []

  /// A table with a heading; without one, an empty list of names.
  init(_ headings: [String], _ alignments: [Alignment]) {
    self.alignments = alignments
    if !headings.isEmpty { rows.append(headings) }
  }

  /// Adds a row; its cells must be safe to show.
  mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The rows as lines without trailing spaces, three spaces between columns, cut to a width where there is one.
  func lines(width: Int?) -> [String] {
    let widths = alignments.indices.map { column in
      rows.reduce(0) { max($0, column < $1.count ? DisplayWidth.of($1[column]) : 0) }
    }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() where widths[column] > 0 {
        if !line.isEmpty { line += "   " }
        line += DisplayWidth.pad(cell, to: widths[column], alignments[column])
      }
      while line.last == " " { line.removeLast() }
      return width.map { DisplayWidth.cut(line, to: $0) } ?? line
    }
  }
}
