import Analysis
import Bytes
import Diagnosis

/// The document of `--format json`, schema `wstrace/1`: whole, or in pieces where it has all messages.
///
/// The pieces are ``writeHead(_:to:)``, one ``write(_:to:)`` for each message, and ``finish(leftOut:to:)``. Bytes are handed
/// on many at once, and lent: who wants to keep them copies them.
package struct JSONDocument: ~Copyable {
  private var records: RecordWriter
  private let listsMessages: Bool
  /// How many bytes are gathered before they are handed on: a write of so many costs little more than its copy, and they
  /// still are in the processor's cache.
  private static let pieceLength = 256 << 10

  /// - Parameters:
  ///   - report: the report, for its epoch and captures.
  ///   - listsMessages: whether the document has `messages` (`--timeline`).
  package init(_ report: Report, listsMessages: Bool = false) {
    records = RecordWriter(epoch: report.epoch, captureCount: report.captures.count)
    self.listsMessages = listsMessages
  }

  /// The whole document, without messages.
  package static func bytes(_ report: Report) -> [UInt8] {
    var bytes: [UInt8] = []
    write(report) { piece in bytes += piece.copy() }
    return bytes
  }

  /// Writes the whole document piece by piece, so that it never has to be in memory as a whole.
  package static func write<Failure>(
    _ report: Report, to sink: (RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    var document = JSONDocument(report)
    try document.writeHead(report, to: sink)
    try document.finish(to: sink)
  }

  /// Writes all of the document that stands before its messages, but for what the next piece brings along.
  package mutating func writeHead<Failure>(
    _ report: Report, to sink: (RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    records.json.beginObject()
    records.json.field("schema", "wstrace/1")
    records.json.field("program", "wstrace \(report.version)")
    try list("captures", report.captures, to: sink) { $0.write($1) }
    try list("connections", report.connections, to: sink) { $0.write($1) }
    try list("sessions", report.sessions, to: sink) { $0.write($1) }
    try list("streams", report.streams, to: sink) { $0.write($1) }
    try list("findings", report.findings, to: sink) { $0.write($1) }
    write(report.environment)
    try list("limits", report.limits, to: sink) { $0.write($1) }
    if listsMessages {
      records.json.key("messages")
      records.json.beginArray()
    }
  }

  /// Hands on what was written, once it is worth a call.
  private mutating func flush<Failure>(to sink: (RawSpan) throws(Failure) -> Void) throws(Failure) {
    try records.json.bytes.handOn(atLeast: JSONDocument.pieceLength, to: sink)
  }

  /// Writes one more message, if it is none of other HTTP.
  package mutating func write<Failure>(
    _ message: MessageRecord, to sink: (RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    guard RecordWriter.isMessage(message) else { return }
    records.write(message)
    try flush(to: sink)
  }

  /// Writes the end of the document, and hands on all that was not handed on yet.
  ///
  /// - Parameters:
  ///   - leftOut: how many messages it does not list, where it does not list all.
  ///   - sink: who gets the bytes.
  /// - Throws: what the sink throws.
  package mutating func finish<Failure>(
    leftOut: Int? = nil, to sink: (RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    if listsMessages { records.json.endArray() }
    if let leftOut { records.json.field("messagesLeftOut", leftOut) }
    records.json.endObject()
    records.json.newline()
    try records.json.bytes.handOn(to: sink)
  }

  private mutating func list<Element, Failure>(
    _ name: StaticString, _ elements: some Sequence<Element>, to sink: (RawSpan) throws(Failure) -> Void,
    _ write: (inout RecordWriter, Element) -> Void
  ) throws(Failure) {
    records.json.key(name)
    records.json.beginArray()
    for element in elements {
      write(&records, element)
      try flush(to: sink)
    }
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
