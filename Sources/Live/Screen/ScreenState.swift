import Analysis
import Diagnosis
import Packets
import Reports

/// What the screen shows, and what the user has chosen on it.
package struct ScreenState: Sendable {
  /// What stands on the screen.
  package enum View: Equatable, Sendable {
    case overview
    /// The proof of a finding, by its number, from a line on.
    case proof(Int, from: Int)
  }

  /// A session, by what is known of it: its connections, and its `sid` where a packet told it.
  package struct Filter: Equatable, Sendable {
    package var sid: String?
    package var connections: Set<Int>

    init(sid: String?, connections: [Int]) {
      self.sid = sid
      self.connections = Set(connections)
    }

    func matches(sid: String?, connections: some Sequence<Int>) -> Bool {
      (sid != nil && sid == self.sid) || connections.contains { self.connections.contains($0) }
    }
  }

  /// What became of a wish, or what went wrong.
  package struct Notice: Equatable, Sendable {
    package var text: String
    package var isTrouble: Bool
    /// Until when it is shown, as the capture runs.
    var end: Interval
  }

  /// How long a notice is shown.
  static let noticeTime = Interval.seconds(15)
  /// Sessions that are asked for.
  package static let sessions = 100

  package private(set) var status: LiveStatus
  package private(set) var view = View.overview
  package private(set) var isPaused = false
  package private(set) var wantsEnd = false
  package private(set) var wantsCapture = false
  /// A sentence about what just happened, for some seconds or until the next key.
  private(set) var notice: Notice?
  /// The row that is chosen: sessions first, then findings.
  private(set) var row = 0
  /// The session whose findings and messages are shown, where one was chosen.
  private(set) var filter: Filter?
  private(set) var packetsPerSecond = 0
  private var messages = MessageRuns()
  private var measured: (packets: Int, at: Interval)
  /// Since the capture began, on a paused screen too.
  private var running: Interval

  package init(status: LiveStatus) {
    self.status = status
    measured = (status.packets, status.running)
    running = status.running
  }

  /// Takes a message.
  package mutating func note(_ message: MessageRecord) {
    // A proxied message comes twice; the client's leg is what a person saw.
    if !isPaused, message.leg != .upstream { messages.append(message) }
  }

  /// Takes what became of the user's wish for a capture.
  package mutating func note(_ saved: SavedCapture) {
    wantsCapture = false
    switch saved {
    case .saved(let path, let packets):
      show("saved \(Quantity.count(packets, "packet")): \(Sanitizer.visible(path))", isTrouble: false)
    case .failed(let error): show("nothing was saved: \(error)", isTrouble: true)
    }
  }

  /// Takes what went wrong while the capture goes on.
  package mutating func note(trouble: String) { show(trouble, isTrouble: true) }

  private mutating func show(_ text: String, isTrouble: Bool) {
    notice = Notice(text: text, isTrouble: isTrouble, end: running + ScreenState.noticeTime)
  }

  /// Takes how the capture stands; the picture of a paused screen stays as it was.
  package mutating func update(_ status: LiveStatus) {
    running = status.running
    if let end = notice?.end, end <= running { notice = nil }
    guard !isPaused else { return }
    let elapsed = (status.running - measured.at).seconds
    if elapsed >= 1 {
      packetsPerSecond = Int((Double(status.packets - measured.packets) / elapsed).rounded())
      measured = (status.packets, status.running)
    }
    self.status = status
    row = min(row, max(0, rowCount - 1))
  }

  private var rowCount: Int { status.sessions.count + shownFindings.count }

  /// The findings, the newest first, those of the chosen session only where one is.
  var shownFindings: [FindingLedger.Entry] {
    status.findings.filter { filter?.matches(sid: $0.finding.sid, connections: $0.finding.connections) ?? true }
      .filter { $0.finding.severity > .notice }.sorted { $0.finding.number > $1.finding.number }
  }

  /// The latest messages, of the chosen session only where one is.
  var shownMessages: [MessageRuns.Run] {
    messages.all.filter {
      filter?.matches(sid: $0.latest.sid, connections: CollectionOfOne($0.latest.connection)) ?? true
    }
  }

  /// Takes a key.
  package mutating func press(_ key: Key) {
    notice = nil
    switch (key, view) {
    case (.character("q"), _): wantsEnd = true
    case (.character("p"), _), (.character(" "), _): isPaused.toggle()
    case (.character("w"), _): wantsCapture = status.keptBytes != nil
    case (.up, .proof(let number, let line)): view = .proof(number, from: max(0, line - 1))
    case (.down, .proof(let number, let line)): view = .proof(number, from: line + 1)
    case (.escape, .proof), (.enter, .proof): view = .overview
    case (.up, .overview): row = max(0, row - 1)
    case (.down, .overview): row = min(max(0, rowCount - 1), row + 1)
    case (.enter, .overview): open()
    case (.escape, .overview): filter = nil
    case (.character("f"), .overview): toggleFilter()
    case (.character, _): break
    }
  }

  /// Opens the chosen finding, or the newest one of the chosen session.
  private mutating func open() {
    let index = row - status.sessions.count
    if index >= 0 {
      if index < shownFindings.count { view = .proof(shownFindings[index].finding.number, from: 0) }
    } else {
      let session = Filter(sid: status.sessions[row].sid, connections: status.sessions[row].connections)
      let newest = shownFindings.first {
        session.matches(sid: $0.finding.sid, connections: $0.finding.connections)
      }
      if let newest { view = .proof(newest.finding.number, from: 0) }
    }
  }

  private mutating func toggleFilter() {
    let index = row - status.sessions.count
    if filter != nil {
      filter = nil
    } else if index < 0 {
      filter = Filter(sid: status.sessions[row].sid, connections: status.sessions[row].connections)
    } else if index < shownFindings.count {
      let finding = shownFindings[index].finding
      filter = Filter(sid: finding.sid, connections: finding.connections)
    }
    row = min(row, max(0, rowCount - 1))
  }
}
