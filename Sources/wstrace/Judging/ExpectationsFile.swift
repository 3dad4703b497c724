import ArgumentParser
import Diagnosis
import Foundation
import Reports
import Yams

/// The settings that a team believes it runs, in YAML; JSON is YAML too.
enum ExpectationsFile {
  /// A file of settings has a few lines; what is larger is something else.
  private static let mostBytes = 1 << 20

  /// Reads a file, and says on standard error what is wrong with it, with its line.
  static func read(_ path: String) throws -> Expectations {
    do throws(ExpectationsError) {
      return try parse(text(of: path))
    } catch {
      let line = error.line.map { ":\($0)" } ?? ""
      Diagnostics.say("\(Sanitizer.visible(path))\(line): \(error.problem)")
      throw ExitCode(2)
    }
  }

  private static func text(of path: String) throws(ExpectationsError) -> String {
    guard let file = FileHandle(forReadingAtPath: path), let bytes = try? file.read(upToCount: mostBytes + 1) else {
      throw ExpectationsError(line: nil, problem: "can't be read, or is empty")
    }
    guard bytes.count <= mostBytes else {
      throw ExpectationsError(line: nil, problem: "is larger than 1 MiB: no file of settings")
    }
    guard let text = String(data: bytes, encoding: .utf8) else {
      throw ExpectationsError(line: nil, problem: "is not in UTF-8")
    }
    return text
  }

  static func parse(_ text: String) throws(ExpectationsError) -> Expectations {
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch {
      throw ExpectationsError(error)
    }
    guard let mapping = root?.mapping else {
      throw ExpectationsError(line: root?.mark?.line, problem: "write one setting a line, such as pingInterval: 25000")
    }
    var expectations = Expectations()
    for (key, value) in mapping {
      let name = key.string ?? ""
      guard let known = ExpectedSetting(rawValue: name) else {
        throw ExpectationsError(
          line: key.mark?.line,
          problem: "no setting is called '\(Sanitizer.visible(name))'; known are:\n\(ExpectedSetting.list)")
      }
      try known.set(value, in: &expectations)
    }
    return expectations
  }
}

/// What is wrong with a file of settings.
struct ExpectationsError: Error {
  var line: Int?
  var problem: String

  init(line: Int?, problem: String) {
    self.line = line
    self.problem = problem
  }

  /// A fault of YAML, in few words.
  init(_ error: any Error) {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      self.init(line: mark.line, problem: "is neither YAML nor JSON here: \(Sanitizer.visible(problem))")
    case .duplicatedKeysInMapping(let names, let context):
      let list = Sanitizer.visible(names.joined(separator: ", "))
      self.init(line: context.mark.line, problem: "has a setting twice: \(list)")
    default: self.init(line: nil, problem: "is neither YAML nor JSON")
    }
  }
}
