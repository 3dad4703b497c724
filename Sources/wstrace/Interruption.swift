import Glibc
import Synchronization

/// Ctrl-C and SIGTERM: the first stops the reading, so that what was decoded is reported; the second ends at once.
enum Interruption {
  private static let requested = Atomic<Bool>(false)

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
        Interruption.requested.store(true, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
    sigprocmask(SIG_UNBLOCK, &heard, nil)
  }
}
