import Analysis
import Diagnosis

/// The document of `--format json`, schema `wstrace/1`: whole, or in pieces where it has all messages.
///
/// The pieces are ``head(_:)``, one ``message(_:)`` for each message, and ``tail()``; put together they are the document.
package struct JSONDocument: Sendable {
  private var records: RecordWriter
  private let listsMessages: Bool

  /// - Parameters:
  ///   - report: the report, for its epoch and captures.
  ///   - listsMessages: whether the document has `messages` (`--timeline`).
  package init(_ report: Report, listsMessages: Bool = false) {
    records = RecordWriter(epoch: report.epoch, captureCount: report.captures.count)
    self.listsMessages = listsMessages
  }

  /// The whole document, with the messages that the report holds.
  package static func bytes(_ report: Report, listsMessages: Bool = false) -> [UInt8] {
    var document = JSONDocument(report, listsMessages: listsMessages)
    var bytes = document.head(report)
    if listsMessages {
      for message in report.messages { bytes += document.message(message) }
    }
    return bytes + document.tail()
  }

  /// All of the document before its messages.
  package mutating func head(_ report: Report) -> [UInt8] {
    records.json.beginObject()
    records.json.field("schema", "wstrace/1")
    records.json.field("program", "wstrace \(report.version)")
    list("captures", report.captures) { $0.write($1) }
    list("connections", report.connections) { $0.write($1) }
    list("sessions", report.sessions) { $0.write($1) }
    list("streams", report.streams) { $0.write($1) }
    list("findings", report.findings) { $0.write($1) }
    write(report.environment)
    list("limits", report.limits) { $0.write($1) }
    if listsMessages {
      records.json.key("messages")
      records.json.beginArray()
    }
    return records.json.take()
  }

  /// One more message; nothing for a record of other HTTP.
  package mutating func message(_ message: MessageRecord) -> [UInt8] {
    if RecordWriter.isMessage(message) { records.write(message) }
    return records.json.take()
  }

  /// The end of the document.
  package mutating func tail() -> [UInt8] {
    if listsMessages { records.json.endArray() }
    records.json.endObject()
    records.json.newline()
    return records.json.take()
  }

  private mutating func list<Element>(
    _ name: StaticString, _ elements: [Element], _ write: (inout RecordWriter, Element) -> Void
  ) {
    records.json.key(name)
    records.json.beginArray()
    for element in elements { write(&records, element) }
    records.json.endArray()
  }

  private mutating func write(_ environment: Environment) {
    records.json.key("environment")
    records.json.beginObject()
    records.json.field("browser", environment.browser)
    records.json.field("operatingSystem", environment.operatingSystem)
    records.json.field("proxy", environment.proxy)
    records.json.field("server", environment.server)
    records.json.field("clientLibrary", environment.clientLibrary)
    records.json.key("settings")
    records.write(environment.settings)
    records.json.endObject()
  }
}

extension RecordWriter {
  /// An object of `limits`.
  mutating func write(_ limit: LimitUse) {
    json.beginObject()
    json.field("name", limit.name)
    json.field("value", limit.value)
    json.field("reached", limit.reached)
    json.endObject()
  }
}
