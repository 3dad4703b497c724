extension Redactor {
  /// A line of a program's log without secrets, and its quoted texts by their length.
  ///
  /// A log may repeat what users wrote. What stands in quotation marks is kept only where it is a word or a request.
  package mutating func redact(logLine line: String) -> String {
    var clean = ""
    var rest = Substring(line)
    while let open = rest.firstIndex(where: { $0 == "\"" || $0 == "'" }) {
      let mark = rest[open]
      let after = rest.index(after: open)
      // An apostrophe within a word opens nothing.
      let isWithinWord = mark == "'" && open > rest.startIndex && rest[rest.index(before: open)].isLetter
      guard !isWithinWord, let close = rest[after...].firstIndex(of: mark) else {
        clean += scrubber.text(String(rest[...open]), &removals)
        rest = rest[after...]
        continue
      }
      clean += scrubber.text(String(rest[..<open]), &removals)
      clean += "\(mark)\(quoted(rest[after..<close]))\(mark)"
      rest = rest[rest.index(after: close)...]
    }
    return clean + scrubber.text(String(rest), &removals)
  }

  private mutating func quoted(_ text: Substring) -> String {
    let words = text.split(separator: " ")
    let isRequest = words.count == 3 && words[2].hasPrefix("HTTP/")
    if isRequest { return "\(words[0]) \(scrubber.target(String(words[1]), &removals)) \(words[2])" }
    let isNumber = text.allSatisfy { $0.isNumber || ".,-".contains($0) }
    if words.count <= 1, isNumber || Words.isName(text.utf8Span.span.bytes) { return String(text) }
    removals.count(.logText)
    return "‹\(text.count) chars›"
  }
}
