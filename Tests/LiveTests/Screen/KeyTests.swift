import Live
import Testing

@Suite("Keys of a terminal")
struct KeyTests {
  @Test(
    "arrows in both modes, characters, and what is skipped",
    arguments: [
      ("\u{1b}[A", [Key.up]), ("\u{1b}OB", [.down]), ("\u{1b}[1;5A", [.up]), ("\u{1b}[5~q", [.character("q")]),
      ("\r", [.enter]), ("\n", [.enter]), ("\u{1b}", [.escape]), ("pq", [.character("p"), .character("q")]),
      ("\u{1b}[B\u{1b}[B", [.down, .down]), ("\u{7}ü", []), ("\u{1b}[", []), ("", []),
    ])
  func reads(text: String, keys: [Key]) { #expect(Key.keys(in: Array(text.utf8)) == keys) }
}
