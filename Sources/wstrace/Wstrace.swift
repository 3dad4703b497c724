import ArgumentParser

/// The command: arguments in, exit status out.
@main
struct Wstrace: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wstrace",
    abstract: "Show what WebSocket and Socket.IO peers said to each other, and why they stopped.",
    discussion: """
      wstrace reads packet captures, reassembles TCP, decodes HTTP upgrades, WebSocket, Engine.IO and Socket.IO, and says \
      what broke, where, the proof and the fix.
      """,
    version: "wstrace \(programVersion)",
    subcommands: [Analyze.self, LiveCapture.self, ReportCommand.self, Interfaces.self, Explain.self])

  /// Runs the command; wrong arguments end it with 2, as every script expects of this program.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
      Diagnostics.say(message(for: error) + "; see wstrace --help")
      exit(withError: ExitCode(2))
    }
  }

  /// The program's version, as `--version` and every report say it.
  static let programVersion = "0.1.0"
}
