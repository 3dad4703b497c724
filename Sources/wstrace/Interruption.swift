import Glibc
import Synchronization

/// Ctrl-C and SIGTERM: the first stops the reading, so that what was decoded is reported; the second ends at once.
enum Interruption {
  private static let requested = Atomic<Bool>(false)
  /// How a terminal was before a screen took it, for an end at once.
  private struct Screen {
    var output: Int32
    /// What gives the output back.
    var leaving: StaticString
    var input: Int32
    var settings: termios
  }

  /// Set before `isScreenOpen`, and left alone after it.
  private nonisolated(unsafe) static var screen: Screen?
  private static let isScreenOpen = Atomic<Bool>(false)

  /// Whether the user has asked to stop.
  static var isRequested: Bool { requested.load(ordering: .relaxed) }

  /// Starts to listen.
  static func install() {
    // A parent may have started the program with signals blocked.
    var heard = sigset_t()
    sigemptyset(&heard)
    for number in [SIGINT, SIGTERM] {
      sigaddset(&heard, number)
      signal(number) { number in
        guard Interruption.requested.exchange(true, ordering: .relaxed) else { return }
        Interruption.leaveScreen()
        signal(number, SIG_DFL)
        raise(number)
      }
    }
    sigprocmask(SIG_UNBLOCK, &heard, nil)
  }

  /// Remembers what gives a terminal back that a screen takes: text for its output, and its settings.
  static func restores(_ output: Int32, _ leaving: StaticString, _ input: Int32, _ settings: termios) {
    screen = Screen(output: output, leaving: leaving, input: input, settings: settings)
    isScreenOpen.store(true, ordering: .releasing)
  }

  /// The screen has given its terminal back.
  static func restoresNothing() { isScreenOpen.store(false, ordering: .releasing) }

  /// Gives the terminal back by calls that a signal's handler may make.
  private static func leaveScreen() {
    guard isScreenOpen.load(ordering: .acquiring), var screen else { return }
    _ = write(screen.output, screen.leaving.utf8Start, screen.leaving.utf8CodeUnitCount)
    tcsetattr(screen.input, TCSANOW, &screen.settings)
  }
}
