import Testing

@testable import Reports

@Suite("Text is safe and lines up")
struct SafeTextTests {
  @Test(
    "what could control a terminal is escaped",
    arguments: [
      ("plain grün 你好", "plain grün 你好"), ("\u{1b}[2J", "\\x1b[2J"), ("a\nb\r\t\u{0}\u{7f}", "a\\nb\\r\\t\\x00\\x7f"),
      ("\u{9b}31m", "\\x9b31m"), ("\u{202e}txt\u{2066}", "\\u{202e}txt\\u{2066}"), ("\u{2028}", "\\u{2028}"),
      ("\u{200b}\u{feff}", "\\u{200b}\\u{feff}"), ("👩‍💻", "👩‍💻"), ("\u{e0041}", "\\u{e0041}"),
    ])
  func sanitizer(text: String, expected: String) {
    #expect(Sanitizer.visible(text) == expected)
  }

  @Test(
    "width is counted in columns",
    arguments: [("abc", 3), ("你好", 4), ("e\u{301}", 1), ("🚀", 2), ("👩‍💻", 2), ("→ ⇢…", 4), ("", 0)])
  func width(text: String, columns: Int) {
    #expect(DisplayWidth.of(text) == columns)
  }

  @Test("cut text says so", arguments: [("abcdef", 4, "abc…"), ("你好吗", 4, "你…"), ("abc", 3, "abc"), ("abc", 0, "")])
  func cut(text: String, width: Int, expected: String) {
    #expect(DisplayWidth.cut(text, to: width) == expected)
  }

  @Test("columns line up")
  func table() {
    var table = Table(["NAME", "N", "END"], [.left, .right, .left])
    table.add(["你好", "7", ""])
    table.add(["a", "1,234", "x"])
    #expect(table.lines(width: nil) == ["NAME       N   END", "你好       7", "a      1,234   x"])
    #expect(table.lines(width: 8)[2] == "a      …")
  }

  @Test("sentences break at spaces, and what is long stays whole")
  func wrapping() {
    #expect(
      Wrapping.lines("one two three\nfour\u{1b}", width: 10, first: "> ", indent: "  ")
        == ["> one two", "  three", "  four\\x1b"])
    #expect(Wrapping.lines("aaaaaaaaaaaa b", width: 6, first: "", indent: " ") == ["aaaaaaaaaaaa", " b"])
    #expect(Wrapping.lines("", width: 6, first: "", indent: "").isEmpty)
  }
}
