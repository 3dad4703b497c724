import Analysis
import ArgumentParser
import Diagnosis
import Packets
import Reports

/// By what the rules judge.
struct JudgementOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Report a finding from another duration on, such as stalled-stream=5s (may be repeated); `wstrace explain ID` says the default.",
      valueName: "id=duration"))
  var threshold: [String] = []

  @Option(
    help: ArgumentHelp(
      "Report where the wire contradicts the settings in this file (YAML or JSON), such as pingInterval: 25000.",
      valueName: "file"),
    completion: .file())
  var expect: String?

  @Option(
    help: ArgumentHelp(
      "Name a stream of events and the event that ends it, such as token:done, or with the client's event that asks for it, prompt:token:done (may be repeated; commas where names have colons). Others are learned from the capture.",
      valueName: "events"))
  var stream: [String] = []

  /// - Throws: where a threshold or the file is not understood; the reason is on standard error by then.
  func judging() throws -> Judging {
    var judging = Judging()
    for text in threshold {
      do throws(ThresholdError) {
        let (id, interval) = try ThresholdError.parse(text)
        judging.thresholds[id] = interval
      } catch {
        Diagnostics.say("\(error)")
        throw ExitCode(2)
      }
    }
    for text in stream {
      guard let named = NamedStream(text) else {
        Diagnostics.say("--stream \(Sanitizer.visible(text)): write EVENT:END or BEGIN:EVENT:END, such as token:done")
        throw ExitCode(2)
      }
      judging.streams.append(named)
    }
    if let expect { judging.expectations = try ExpectationsFile.read(expect) }
    return judging
  }
}

/// What a user has said about thresholds and settings.
struct Judging {
  var thresholds = Thresholds()
  var expectations = Expectations()
  var streams: [NamedStream] = []

  /// The analysis that these thresholds need: it drops what is too short for the default ones.
  func adjusted(_ options: AnalysisOptions) -> AnalysisOptions {
    var options = options
    options.streams = streams
    if let gap = thresholds["stalled-stream"] { options.limits.pauseFloor = min(options.limits.pauseFloor, gap) }
    return options
  }
}

extension NamedStream {
  /// Reads `token:done` or `prompt:token:done`; with commas instead where names have colons.
  init?(_ text: String) {
    let parts = text.split(separator: text.contains(",") ? "," : ":", omittingEmptySubsequences: false).map(String.init)
    guard 2...3 ~= parts.count, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
    self.init(begin: parts.count == 3 ? parts[0] : nil, event: parts[parts.count - 2], end: parts[parts.count - 1])
  }
}

/// A threshold that can't be understood.
enum ThresholdError: Error, CustomStringConvertible {
  case noEquals(String)
  case unknownFinding(String)
  case withoutThreshold(String)
  case duration(String)

  /// Reads `stalled-stream=5s`.
  static func parse(_ text: String) throws(ThresholdError) -> (FindingID, Interval) {
    guard let equals = text.firstIndex(of: "=") else { throw .noEquals(text) }
    let name = String(text[..<equals])
    guard let entry = Diagnostician.catalogue.first(where: { $0.id.rawValue == name }) else {
      throw .unknownFinding(name)
    }
    guard entry.threshold != nil else { throw .withoutThreshold(name) }
    let duration = String(text[text.index(after: equals)...])
    guard let interval = DurationText.interval(duration) else { throw .duration(duration) }
    return (entry.id, interval)
  }

  var description: String {
    let problem =
      switch self {
      case .noEquals(let text): "--threshold \(Sanitizer.visible(text)): write ID=DURATION, such as stalled-stream=5s"
      case .unknownFinding(let name): "--threshold: no finding is called '\(Sanitizer.visible(name))'"
      case .withoutThreshold(let name): "--threshold: \(Sanitizer.visible(name)) has no duration to set"
      case .duration(let text):
        "--threshold: '\(Sanitizer.visible(text))' is no duration; write 500ms, 5s, 2m or 1h"
      }
    return "\(problem)\n\(ThresholdError.list)"
  }

  /// A line for each finding that has a threshold.
  private static var list: String {
    let rows = Diagnostician.catalogue.compactMap { entry in
      entry.threshold.map { (entry.id.rawValue, $0.standardText, $0.reason) }
    }
    let width = rows.map { $0.0.count + $0.1.count }.max() ?? 0
    return rows.map { id, standard, reason in
      "  \(id)=\(standard)\(String(repeating: " ", count: width - id.count - standard.count + 2))\(reason)"
    }.joined(separator: "\n")
  }
}
