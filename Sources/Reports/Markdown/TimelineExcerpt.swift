import Analysis
import Diagnosis
import Packets

/// The messages just before and after a finding, on its own connections.
struct TimelineExcerpt {
  private static let before = 6
  private static let after = 8

  private let start: Timestamp
  private let end: Timestamp
  /// The connections whose messages are shown; all where there is none.
  let connections: Set<Int>
  private var earlier: [MessageRecord] = []
  private var during: [MessageRecord] = []
  private var later: [MessageRecord] = []
  private var passed = 0

  init(around finding: Finding) {
    start = finding.at.time
    end = max(finding.at.time, finding.until?.time ?? finding.at.time)
    connections = Set(finding.connections.prefix(RecordWriter.connectionLimit))
  }

  /// Takes the next message of its connections.
  mutating func add(_ message: MessageRecord) {
    if message.at.time <= start {
      earlier.append(message)
      if earlier.count > TimelineExcerpt.before { earlier.removeFirst() }
    } else if message.at.time < end {
      if during.count < TimelineExcerpt.after { during.append(message) } else { passed += 1 }
    } else if later.count < TimelineExcerpt.after {
      later.append(message)
    }
  }

  /// The lines of the timeline, with a word on what is left out between them.
  func lines(_ report: Report) -> [String] {
    var options = TextOptions()
    options.width = 110
    var timeline = Timeline(epoch: report.epoch, captureCount: report.captures.count, options: options)
    var text = timeline.lines(of: earlier + during)
    if passed > 0 { text += "      … \(Quantity.count(passed, "message")) more\n" }
    text += timeline.lines(of: later)
    let lines = text.split(separator: "\n").map(String.init)
    guard !lines.isEmpty else { return [] }
    return [timeline.heading().split(separator: "\n").first.map(String.init) ?? ""] + lines
  }
}
