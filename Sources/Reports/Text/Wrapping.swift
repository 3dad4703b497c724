/// Breaks sentences into lines.
enum Wrapping {
  /// The lines of a text: its own breaks are kept, and long lines are broken at spaces.
  ///
  /// What is longer than a line, a display filter for one, stays whole, so that it can be copied. Every line is made
  /// safe to show.
  ///
  /// - Parameters:
  ///   - text: sentences, from the network in part.
  ///   - width: the columns of a line, its indent included.
  ///   - first: what the first line begins with.
  ///   - indent: what all other lines begin with.
  /// - Returns: the lines, without newlines.
  static func lines(_ text: String, width: Int, first: String, indent: String) -> [String] {
    var lines: [String] = []
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: true) {
      var line = lines.isEmpty ? first : indent
      var used = DisplayWidth.of(line)
      var isEmpty = true
      for word in words(of: Sanitizer.visible(String(paragraph))) {
        let length = DisplayWidth.of(word)
        if !isEmpty, used + 1 + length > width {
          lines.append(line)
          line = indent
          used = DisplayWidth.of(line)
          isEmpty = true
        }
        line += isEmpty ? word : " " + word
        used += length + (isEmpty ? 0 : 1)
        isEmpty = false
      }
      lines.append(line)
    }
    return lines
  }

  /// The words of a sentence, a number with its unit of time as one.
  private static func words(of text: String) -> [String] {
    var words: [String] = []
    for word in text.split(separator: " ") {
      let unit = word.prefix { $0.isLetter }
      if unit == "s" || unit == "ms" || unit == "µs", words.last?.last?.isNumber ?? false {
        words[words.count - 1] += " " + word
      } else {
        words.append(String(word))
      }
    }
    return words
  }

  /// The lines of advice: those that begin with a space are a configuration or a command, shown as it is to be typed.
  static func advice(_ text: String, width: Int, first: String, indent: String, code: String) -> [String] {
    var result: [String] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: true) {
      if line.hasPrefix(" "), !result.isEmpty {
        result += verbatim(String(line), indent: code)
      } else {
        result += lines(String(line), width: width, first: result.isEmpty ? first : indent, indent: indent)
      }
    }
    return result
  }

  /// The lines of a configuration or a command, which are not broken: their own spaces count.
  static func verbatim(_ text: String, indent: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { indent + Sanitizer.visible(String($0)) }
  }
}
