import ArgumentParser
import Live
import Reports

/// The output of a live capture: where it can't be written any more, on a full disk for one, that is said once, and the
/// capture goes on.
final class LiveOutput {
  private var file: OutputFile
  private var isGivenUp = false

  init(_ file: consuming OutputFile) { self.file = file }

  var descriptor: Int32 { file.descriptor }

  func textOptions(_ output: OutputOptions) -> TextOptions { output.textOptions(file) }

  /// Writes bytes; a reader that has gone away (`| head`) ends the program quietly.
  func write(_ bytes: [UInt8]) throws {
    guard !isGivenUp, !bytes.isEmpty else { return }
    do {
      try file.write(bytes)
    } catch let code as ExitCode where code.isSuccess == false {
      isGivenUp = true
      Diagnostics.say("nothing more is written there; the capture goes on")
    }
  }

  /// Writes a whole report.
  func write(_ report: Report, _ output: OutputOptions) throws {
    if isGivenUp { throw ExitCode(2) }
    try output.write(report, to: &file)
  }

  /// Says that all has been written.
  func finish() throws {
    if isGivenUp { throw ExitCode(2) }
    try file.finish()
  }
}

extension LiveListener {
  func tell(_ trouble: String) { Diagnostics.say(trouble) }
}
