import Analysis
import Diagnosis
import Glibc
import Live
import Packets
import Reports

/// The screen that shows a capture while it goes on; at the end, the summary follows below it.
final class LiveScreen: LiveListener {
  /// Bytes of a payload that a row of the widest terminals has room for.
  static let payloadLimit = 512

  private let output: OutputOptions
  private let sink: LiveOutput
  private let options: TextOptions
  private let terminal: LiveTerminal
  private var state: ScreenState?

  init(_ output: OutputOptions, _ sink: LiveOutput) {
    self.output = output
    options = sink.textOptions(output)
    terminal = LiveTerminal(output: sink.descriptor)
    self.sink = sink
  }

  var wantedSessions: Int { ScreenState.sessions }
  var wantsEnd: Bool { state?.wantsEnd ?? false }
  var wantsCapture: Bool { state?.wantsCapture ?? false }

  func begin(_ status: LiveStatus) {
    state = ScreenState(status: status)
    terminal.enter()
    draw()
  }

  func addDescriptors(to descriptors: inout [pollfd]) {
    descriptors.append(pollfd(fd: terminal.keyboard, events: Int16(POLLIN), revents: 0))
  }

  func tell(_ events: [TraceEvent], epoch: Timestamp?) {
    for case .message(let message) in events { state?.note(message) }
    let keys = Key.keys(in: terminal.read())
    for key in keys { state?.press(key) }
    if !keys.isEmpty { draw() }
  }

  func tell(_ changes: [FindingLedger.Change], _ status: LiveStatus) {
    state?.update(status)
    draw()
  }

  func tell(_ saved: SavedCapture) {
    state?.note(saved)
    draw()
  }

  func tell(_ trouble: String) {
    state?.note(trouble: trouble)
    draw()
  }

  func end(_ report: Report) throws {
    terminal.leave()
    try sink.write(report, output)
  }

  private func draw() {
    guard let state else { return }
    let size = terminal.size
    terminal.draw(ScreenLayout(state, width: size.width, height: size.height, options: options).lines())
  }
}
