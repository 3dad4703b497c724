import Analysis
import Diagnosis
import Packets

/// What the page's script needs to know, as JSON: the contract's document without messages, and what it lacks.
struct HTMLFacts {
  private let report: Report
  private let extras: ReportExtras
  private let messages: Int
  private let names: [String]
  private let details: [String]
  private let leftOut: Int

  /// Connections, sessions and streams in the page's tables and picture: what a person can look through.
  private static let mostRows = 2000

  init(_ report: Report, _ extras: ReportExtras, _ marks: borrowing MarkStream, _ details: [String], leftOut: Int) {
    self.report = report
    self.extras = extras
    messages = marks.count
    names = marks.names
    self.details = details
    self.leftOut = leftOut
  }

  func bytes() -> [UInt8] {
    let shown = self.shown
    var json = JSONWriter()
    json.beginObject()
    json.key("document")
    json.raw(Array(JSONDocument.bytes(shown).dropLast()))
    json.field("messages", messages)
    json.field("messagesLeftOut", leftOut)
    json.field("connectionsLeftOut", max(0, report.connections.count - HTMLFacts.mostRows))
    json.field("sessionsLeftOut", max(0, report.sessions.count - HTMLFacts.mostRows))
    json.field("streamsLeftOut", max(0, report.streams.count - HTMLFacts.mostRows))
    json.field("epoch", report.epoch.utcText(fractionDigits: 6))
    json.field("names", names.map(Sanitizer.visible))
    json.field("details", details)
    writeHandshakes(of: shown.connections, &json)
    writeMarks(&json)
    writeLog(&json)
    json.endObject()
    return json.take()
  }

  /// The report with as many rows as the page shows, those of findings first.
  private var shown: Report {
    var shown = report
    let flagged = Set(report.findings.flatMap { $0.connections.prefix(RecordWriter.connectionLimit) })
    if report.connections.count > HTMLFacts.mostRows {
      let first = Array(report.connections.lazy.filter { flagged.contains($0.id) }.prefix(HTMLFacts.mostRows))
      let rest = report.connections.lazy.filter { !flagged.contains($0.id) }.prefix(HTMLFacts.mostRows - first.count)
      shown.connections = SummaryList((first + rest).sorted { $0.id < $1.id })
    }
    shown.sessions = SummaryList(report.sessions.prefix(HTMLFacts.mostRows))
    shown.streams = Array(report.streams.prefix(HTMLFacts.mostRows))
    return shown
  }

  private func writeHandshakes(of connections: SummaryList<ConnectionFacts>, _ json: inout JSONWriter) {
    json.key("handshakes")
    json.beginArray()
    for connection in connections {
      for request in connection.requests {
        guard let fields = request.fields else { continue }
        write(request, fields, of: connection, &json)
      }
    }
    json.endArray()
  }

  private func write(
    _ request: RequestSummary, _ fields: ExchangeFields, of connection: ConnectionSummary, _ json: inout JSONWriter
  ) {
    json.beginObject()
    json.field("connection", connection.id)
    json.field("leg", connection.leg.rawValue)
    json.field("at", request.request.map { $0.time - report.epoch })
    json.field("packet", request.request?.number)
    json.field("line", "\(request.method) \(request.target) HTTP/\(request.version)")
    json.field("status", request.status)
    json.field("refusal", request.refusal)
    write("request", fields.request, &json)
    write("answer", fields.answer, &json)
    json.field("leftOut", fields.leftOut)
    json.endObject()
  }

  private func write(_ name: StaticString, _ lines: [HeaderLine], _ json: inout JSONWriter) {
    json.key(name)
    json.beginArray()
    for line in lines {
      json.beginArray()
      json.string(Sanitizer.visible(line.name))
      json.string(Sanitizer.visible(line.value))
      json.endArray()
    }
    json.endArray()
  }

  /// `[seconds, connection, direction, kind, packet]`.
  private func writeMarks(_ json: inout JSONWriter) {
    json.key("transport")
    json.beginArray()
    for mark in extras.marks {
      json.beginArray()
      json.seconds(mark.at.time - report.epoch)
      json.number(mark.connection)
      json.number(mark.direction == .clientToServer ? 0 : 1)
      json.number(Int(mark.kind.rawValue))
      json.number(mark.at.number)
      json.endArray()
    }
    json.endArray()
    json.field("transportLeftOut", extras.marksLeftOut)
  }

  private func writeLog(_ json: inout JSONWriter) {
    json.key("log")
    json.beginArray()
    for line in extras.log {
      json.beginArray()
      json.seconds(line.time - report.epoch)
      json.string(Sanitizer.visible(line.source))
      json.string(Sanitizer.visible(line.text))
      json.endArray()
    }
    json.endArray()
  }
}
