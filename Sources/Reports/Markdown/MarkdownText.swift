/// Text made safe to stand in Markdown as GitHub and Jira read it, and in its Mermaid diagrams.
enum MarkdownText {
  /// Prose: characters that would be markup, links or mentions are escaped.
  static func prose(_ text: String) -> String {
    var safe = ""
    var previous: Character = " "
    for character in Sanitizer.visible(text) {
      switch character {
      case "\\", "`", "*", "_", "[", "]", "<", ">", "|", "~", "#", "$":
        safe += "\\\(character)"
      // `@name` would notify a person, `http://` make a link.
      case "@": safe += "@\u{200b}"
      case "/" where previous == ":": safe += "\u{200b}/"
      case "&": safe += "&amp;"
      case "\n": safe += " "
      default: safe.append(character)
      }
      previous = character
    }
    return safe
  }

  /// A name or a filter to copy: code, between as many backticks as it needs.
  static func code(_ text: String) -> String {
    let visible = Sanitizer.visible(text)
    if visible.isEmpty { return "` `" }
    let fence = String(repeating: "`", count: longestRun(of: "`", in: visible) + 1)
    let pad = visible.hasPrefix("`") || visible.hasSuffix("`") ? " " : ""
    return fence + pad + visible + pad + fence
  }

  /// Code in a table's cell, where a bar would end it.
  static func cellCode(_ text: String) -> String { code(text).replacing("|", with: "\\|") }

  /// Lines as they are, between fences that they can't close.
  static func block(_ lines: [String], language: String = "") -> String {
    let longest = lines.map { longestRun(of: "`", in: $0) }.max() ?? 0
    let fence = String(repeating: "`", count: max(3, longest + 1))
    return fence + language + "\n" + lines.joined(separator: "\n") + "\n" + fence + "\n"
  }

  /// A label in a Mermaid diagram: letters, digits and harmless signs; anything else becomes a space.
  static func mermaid(_ text: String, limit: Int = 60) -> String {
    var safe = ""
    for scalar in text.unicodeScalars {
      let isSafe =
        scalar.isASCII
        ? scalar.properties.isAlphabetic || ("0"..."9").contains(Character(scalar))
          || " .,/_-=?()+".unicodeScalars.contains(scalar)
        : scalar.properties.isAlphabetic || scalar == "…"
      safe.unicodeScalars.append(isSafe ? scalar : " ")
    }
    // A line that is only `end` would close the diagram's block.
    let words = safe.split(separator: " ").map { $0.lowercased() == "end" ? "(end)" : String($0) }
    return DisplayWidth.cut(words.joined(separator: " "), to: limit)
  }

  private static func longestRun(of character: Character, in text: String) -> Int {
    var longest = 0
    var run = 0
    for other in text {
      run = other == character ? run + 1 : 0
      longest = max(longest, run)
    }
    return longest
  }
}
