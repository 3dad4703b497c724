import Analysis
import Diagnosis
import Packets

extension Redactor {
  /// Learns what findings may quote: sessions' names and the bodies of refusals.
  ///
  /// Call it before anything is redacted.
  package mutating func learn(
    sessions: some Sequence<SessionSummary>, connections: some Sequence<ConnectionSummary>
  ) {
    // A text may hold one of the names that are learned now.
    forgetHarmless()
    for session in sessions {
      if let sid = session.sid { scrubber.learn(session: sid) }
    }
    var seen: Set<String> = []
    for connection in connections {
      for request in connection.requests {
        guard let body = request.refusal, seen.count < Redactor.mostQuotes, seen.insert(body).inserted else { continue }
        learn(quote: body)
      }
    }
    quotes.sort { $0.text.utf8.count > $1.text.utf8.count }
  }

  /// Different bodies of refusals that are looked for in findings.
  private static let mostQuotes = 1000

  /// A body as rules quote it: whole, its beginning, or its first line.
  private mutating func learn(quote body: String) {
    let replacement = answerBody(body)
    guard replacement != body else { return }
    let line = body.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    var forms = [body, line]
    for length in [200, 160, 120, 100, 80] { forms += [String(body.prefix(length)), String(line.prefix(length))] }
    for form in Set(forms) where form.utf8.count >= 8 { quotes.append((form, replacement)) }
  }

  /// A session without its name.
  package mutating func redact(_ session: SessionSummary) -> SessionSummary {
    var redacted = session
    redacted.sid = identifier(session.sid)
    redacted.client = endpoint(session.client)
    redacted.namespaces = []
    for namespace in session.namespaces { redacted.namespaces.append(target(namespace)) }
    redacted.closeReason = session.closeReason.map { scrubber.text($0, &removals) }
    for direction in Direction.allCases {
      redacted.events[direction] = session.events[direction].map { (eventName($0.name), $0.count) }
    }
    return redacted
  }

  /// A stream without its session's name.
  package mutating func redact(_ stream: StreamSummary) -> StreamSummary {
    var redacted = stream
    redacted.sid = identifier(stream.sid)
    redacted.event = eventName(stream.event)
    if let trigger = stream.trigger { redacted.trigger?.event = eventName(trigger.event) }
    redacted.endEvent = stream.endEvent.map { eventName($0) }
    return redacted
  }

  private func eventName(_ name: String) -> String {
    Shape.isEventName(name.utf8Span.span.bytes) ? name : "‹name of \(name.count) chars›"
  }

  /// A finding whose sentences and evidence name no secret.
  package mutating func redact(_ finding: Finding) -> Finding {
    var redacted = finding
    redacted.sid = identifier(finding.sid)
    redacted.title = sentence(finding.title)
    redacted.detail = sentence(finding.detail)
    redacted.remedy = sentence(finding.remedy)
    redacted.evidence = []
    for (name, value) in finding.evidence { redacted.evidence.append((name, redact(value))) }
    if let ends = finding.endpoints { redacted.endpoints = (endpoint(ends.client), endpoint(ends.server)) }
    return redacted
  }

  private mutating func redact(_ value: EvidenceValue) -> EvidenceValue {
    if case .text(let text) = value { return .text(sentence(text)) }
    return value
  }

  private mutating func sentence(_ text: String) -> String {
    var clean = text
    for (quote, replacement) in quotes where clean.utf8.count >= quote.utf8.count && clean.contains(quote) {
      clean = clean.replacing(quote, with: replacement)
    }
    var words: [String] = []
    // A quoted target stands between spaces or brackets.
    for word in clean.split(separator: " ", omittingEmptySubsequences: false) {
      let isTarget = word.contains("/") && word.contains("?")
      words.append(isTarget ? scrubber.target(String(word), &removals) : String(word))
    }
    return scrubber.text(words.joined(separator: " "), &removals)
  }
}
