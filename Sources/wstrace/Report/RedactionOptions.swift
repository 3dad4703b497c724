import ArgumentParser
import Glibc
import Redaction
import Reports

/// What is taken out of what is written.
struct RedactionOptions: ParsableArguments {
  @Flag(inversion: .prefixedNo, help: "Replace secrets and message texts by their shape.")
  var redact: Bool?

  @Flag(help: "Replace network addresses too.")
  var redactAddresses = false

  @Option(
    help: ArgumentHelp("A secret file: the same one gives the same marks in several reports.", valueName: "file"),
    completion: .file())
  var redactKey: String?

  mutating func validate() throws {
    if redact == false, redactAddresses || redactKey != nil {
      throw ValidationError("--no-redact contradicts --redact-addresses and --redact-key")
    }
  }

  /// What redacts; `nil` where nothing is to be removed.
  ///
  /// - Parameter isDefault: whether redaction is on where no option speaks of it.
  /// - Returns: the redactor, with the key that was given or one of its own.
  /// - Throws: where the key's file can't be used.
  func redactor(isDefault: Bool) throws -> Redactor? {
    guard redact ?? (isDefault || redactAddresses || redactKey != nil) else { return nil }
    return Redactor(try marker(), disguisesAddresses: redactAddresses)
  }

  private func marker() throws -> Marker {
    guard let redactKey else { return Marker() }
    guard let key = KeyFile.read(redactKey), key.count >= 16 else {
      Diagnostics.say("\(Sanitizer.visible(redactKey)): must be a file of 16 bytes or more (head -c 32 /dev/urandom)")
      throw ExitCode(2)
    }
    return Marker(key: key)
  }

  /// Lets a person at a terminal think again before customers' messages leave the house.
  func confirm() throws {
    guard redact == false, isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else { return }
    Diagnostics.ask("the report will show every message, cookie and token as captured. Go on? [y/N] ")
    guard let answer = readLine(), answer.lowercased().hasPrefix("y") else {
      Diagnostics.say("nothing was written")
      throw ExitCode(2)
    }
  }
}

/// A file with a key.
private enum KeyFile {
  static func read(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: Marker.longestKey)
    let count = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
    return count > 0 ? Array(bytes.prefix(count)) : nil
  }
}
