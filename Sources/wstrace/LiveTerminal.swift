import Glibc

/// A terminal that a screen has for itself: without echo, without lines, on the alternate screen.
final class LiveTerminal {
  private let output: Int32
  private let input: Int32
  private var saved = termios()
  private var isOpen = false

  /// Where standard input and the output are both a terminal.
  static func isUsable(output: Int32) -> Bool { isatty(output) == 1 && isatty(STDIN_FILENO) == 1 }

  init(output: Int32) {
    self.output = output
    input = STDIN_FILENO
  }

  deinit { leave() }

  /// The descriptor of the keyboard.
  var keyboard: Int32 { input }

  /// Takes the terminal over.
  func enter() {
    guard tcgetattr(input, &saved) == 0 else { return }
    var raw = saved
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
    // A stop by Ctrl-Z, or an end by Ctrl-\, would leave the terminal as it is now.
    withUnsafeMutableBytes(of: &raw.c_cc) { keys in
      keys[Int(VSUSP)] = 0
      keys[Int(VQUIT)] = 0
      keys[Int(VMIN)] = 0
      keys[Int(VTIME)] = 0
    }
    tcsetattr(input, TCSANOW, &raw)
    isOpen = true
    Interruption.restores(output, LiveTerminal.leaving, input, saved)
    write("\u{1b}[?1049h\u{1b}[?25l")
  }

  /// Shows the cursor, and what was on the terminal before.
  private static let leaving: StaticString = "\u{1b}[?25h\u{1b}[?1049l"

  /// Gives the terminal back as it was.
  func leave() {
    guard isOpen else { return }
    isOpen = false
    Interruption.restoresNothing()
    write("\(LiveTerminal.leaving)")
    tcsetattr(input, TCSANOW, &saved)
  }

  /// Shows lines, as many as there are rows.
  func draw(_ lines: [String]) {
    guard isOpen else { return }
    write("\u{1b}[H" + lines.map { $0 + "\u{1b}[K" }.joined(separator: "\r\n") + "\u{1b}[J")
  }

  /// What was typed since the last call.
  func read() -> [UInt8] {
    guard isOpen else { return [] }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = Glibc.read(input, &bytes, bytes.count)
    return Array(bytes.prefix(max(0, count)))
  }

  /// Columns and rows as they are now.
  var size: (width: Int, height: Int) {
    var size = winsize()
    guard ioctl(output, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  private func write(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(output, $0.baseAddress, $0.count) }
      if written < 0, errno != EINTR { return }
      rest = rest.dropFirst(max(0, written))
    }
  }
}
