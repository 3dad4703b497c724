import ArgumentParser
import Glibc
import Reports

/// A file, or standard output, that is written from the start to the end.
struct OutputFile: ~Copyable {
  let descriptor: Int32
  private let path: String
  private let closesAtEnd: Bool

  init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
    closesAtEnd = false
  }

  /// Makes a file; one that exists is replaced only where that was asked for, and never where it is an input.
  init(creating path: String, replacing: Bool, inputs: [String]) throws {
    descriptor = try OutputFile.create(path, replacing: replacing, inputs: inputs)
    self.path = path
    closesAtEnd = true
  }

  private static func create(_ path: String, replacing: Bool, inputs: [String]) throws -> Int32 {
    if isInput(path, inputs) {
      Diagnostics.say("\(Sanitizer.visible(path)): is an input; give another name to --output")
      throw ExitCode(2)
    }
    let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (replacing ? O_TRUNC : O_EXCL), 0o644)
    guard descriptor >= 0 else {
      let reason = errno == EEXIST ? "exists; use --force to replace it" : String(cString: strerror(errno))
      Diagnostics.say("\(Sanitizer.visible(path)): \(reason)")
      throw ExitCode(2)
    }
    return descriptor
  }

  deinit { if closesAtEnd { close(descriptor) } }

  var isTerminal: Bool { isatty(descriptor) == 1 }

  private static func isInput(_ path: String, _ inputs: [String]) -> Bool {
    var output = stat()
    guard stat(path, &output) == 0 else { return false }
    return inputs.contains { input in
      var file = stat()
      return stat(input, &file) == 0 && file.st_dev == output.st_dev && file.st_ino == output.st_ino
    }
  }

  /// Writes bytes; a reader that has gone away (`| head`) ends the program quietly.
  func write(_ bytes: [UInt8]) throws { try write(bytes.span.bytes) }

  /// Writes bytes that somebody lends.
  func write(_ bytes: RawSpan) throws {
    var start = 0
    while start < bytes.byteCount {
      let written = bytes.withUnsafeBytes { buffer in
        Glibc.write(descriptor, buffer.baseAddress.map { $0 + start }, buffer.count - start)
      }
      if written < 0 {
        if errno == EINTR { continue }
        if errno == EPIPE { throw ExitCode(0) }
        Diagnostics.say("\(Sanitizer.visible(path)): \(String(cString: strerror(errno)))")
        throw ExitCode(2)
      }
      start += written
    }
  }

  /// Says that all has been written.
  ///
  /// A file system behind a network says only when a descriptor is closed that it could not keep everything.
  func finish() throws {
    if closesAtEnd, close(dup(descriptor)) != 0 {
      Diagnostics.say("\(Sanitizer.visible(path)): \(String(cString: strerror(errno)))")
      throw ExitCode(2)
    }
  }
}

/// Lines for the person at the terminal: on standard error, never mixed with results.
enum Diagnostics {
  static func say(_ text: String) { write("wstrace: \(text)\n") }

  /// A question, whose answer is typed behind it.
  static func ask(_ text: String) { write("wstrace: \(text)") }

  private static func write(_ text: String) {
    var line = text
    line.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
