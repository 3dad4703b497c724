import Analysis
import Diagnosis
import Packets

/// What the report says on the whole: how many faults, or that none was seen, and what could not be judged.
extension TextReport {
  /// The capture's shortcomings, whose notices say what can't be judged.
  private static let limiting: Set<FindingID> = [
    "capture-gap", "capture-truncated", "capture-syn-only", "capture-one-sided", "capture-mid-stream", "capture-clock",
    "encrypted-traffic", "unsupported-http2",
  ]

  /// What such a shortcoming hides, where its title names only the shortcoming.
  private static let unjudged: [FindingID: String] = [
    "capture-gap": "what was in the gaps", "capture-truncated": "what messages say",
    "capture-mid-stream": "handshakes", "capture-clock": "durations", "encrypted-traffic": "what TLS hides",
  ]

  /// What the capture keeps from being judged; `nil` where nothing does.
  var judgementLine: [String]? {
    var reasons = report.findings(of: .notice).filter { TextReport.limiting.contains($0.id) }.map { notice in
      TextReport.unjudged[notice.id].map { "\($0) (\(notice.title))" } ?? notice.title
    }
    for capture in report.captures where capture.isCutOff {
      let name = report.captures.count > 1 ? Sanitizer.visible(capture.path) : "the capture"
      reasons.append("what came after \(name)'s packet \(Quantity.count(capture.packets)), where the file is cut off")
    }
    if let compressedReason { reasons.append(compressedReason) }
    if lacksServerLeg { reasons.append("the server's leg (not captured)") }
    let others = report.captures.flatMap(\.otherPorts)
    for port in Set(others.map(\.port)).sorted() {
      reasons.append("upgrades were also seen on port \(port): add --port \(port)")
    }
    guard !reasons.isEmpty else { return nil }
    return Wrapping.lines(
      "Can't be judged here: " + reasons.joined(separator: "; "), width: options.proseWidth, first: "", indent: "    ")
  }

  /// Compressed messages that refer to others which are not in the capture; `nil` where there are none.
  private var compressedReason: String? {
    guard let first = totals.firstUnknownDictionary else { return nil }
    let count = totals.unknownDictionaries
    let place = (report.captures.count > 1 ? "\(first.capture):" : "") + String(first.number)
    return """
      what \(Quantity.count(count, "compressed message")) \(count == 1 ? "says" : "say"), from packet \(place) on: their \
      dictionary, earlier messages, is not in the capture
      """
  }

  /// Whether a fault could be laid at no one's door because one leg was all there was.
  private var lacksServerLeg: Bool {
    report.findings.contains {
      $0.severity > .notice && $0.blameDetail == .upstream && totals.paired.isDisjoint(with: $0.connections)
    }
  }

  /// The count of findings, or that no fault was seen.
  var verdict: [String] {
    let counts = Severity.allCases.reversed().map { ($0, report.findings(of: $0)) }
    let faults = report.findings.contains { $0.severity > .notice }
    let summary = counts.map { Quantity.count($1.count, $0.rawValue) }.joined(separator: " · ")
    if faults {
      let id = shownFindings[0].id
      let hidden = report.findings(of: .notice).count
      let hint = options.showsNotices || hidden == 0 ? "" : "--all shows notices, "
      return [summary + ink.paint("          (\(hint)`wstrace explain \(id)` the background)", .dim)]
    }
    var lines = healthy
    let notices = report.findings(of: .notice).count
    if notices > 0, !options.showsNotices {
      lines.append(ink.paint("\(Quantity.count(notices, "notice"))          (--all shows them)", .dim))
    }
    return lines
  }

  private var healthy: [String] {
    if report.connections.isEmpty, report.sessions.isEmpty {
      return ["· nothing to judge: no TCP connection on the followed ports"]
    }
    let scope = judgementLine == nil ? "" : " in what can be judged"
    let text = "no fault seen\(scope): \(healthyFacts.joined(separator: ", "))"
    return Wrapping.lines(text, width: options.proseWidth, first: ink.paint("✔", .green) + " ", indent: "    ")
  }

  private var healthyFacts: [String] {
    var facts = [Quantity.count(report.connections.count, "connection")]
    if !report.sessions.isEmpty { facts = [Quantity.count(report.sessions.count, "session")] }
    if !report.streams.isEmpty {
      let names = Set(report.streams.map(\.event))
      let name = names.count == 1 ? (names.first ?? "") + " message" : "message"
      let messages = report.streams.reduce(0) { $0 &+ $1.messages }
      facts.append("\(Quantity.count(messages, name)) in \(Quantity.count(report.streams.count, "stream"))")
    }
    let heartbeats = report.sessions.reduce(0) { $0 &+ $1.heartbeats }
    if heartbeats > 0 { facts.append(Quantity.count(heartbeats, "heartbeat")) }
    let upgrades = totals.upgrades
    if upgrades.asked > 0 { facts.append("upgrade \(upgrades.accepted) of \(upgrades.asked)") }
    if !totals.paired.isEmpty { facts.append("both legs captured") }
    if let lossText { facts.append(lossText) }
    return facts
  }

  /// What is missing from the captures; `nil` where nobody can know, because too little is in them.
  var lossText: String? {
    let dropped = report.captures.reduce(0) { $0 &+ ($1.dropped ?? 0) }
    let lost = totals.lostBytes
    if dropped > 0 { return "\(Quantity.count(dropped, "packet")) lost while capturing" }
    if lost > 0 { return "\(Quantity.bytes(lost)) missing from the capture" }
    let blind: Set<FindingID> = ["capture-syn-only", "capture-one-sided", "no-websocket-traffic"]
    let isBlind = report.captures.allSatisfy { $0.packets == 0 } || report.findings.contains { blind.contains($0.id) }
    return isBlind ? nil : "no packet lost"
  }
}
