import Analysis
import Packets
import WebSocket

/// `--format har`: HTTP Archive 1.2 with `_webSocketMessages`, as Chrome exports it.
///
/// One entry for each HTTP request as the client saw it: of a proxied connection the client's leg only. The pieces are
/// ``head()``, ``entries(of:messages:)`` for each connection, and ``tail()``.
package struct HARDocument: ~Copyable {
  var json = JSONWriter()
  private let report: Report

  package init(_ report: Report) { self.report = report }

  /// Whether a connection is one that a browser would list.
  package static func lists(_ connection: ConnectionSummary) -> Bool {
    connection.leg != .upstream && !connection.requests.isEmpty
  }

  /// Everything before the entries.
  package mutating func head() -> [UInt8] {
    json.beginObject()
    json.key("log")
    json.beginObject()
    json.field("version", "1.2")
    json.key("creator")
    json.beginObject()
    json.field("name", "wstrace")
    json.field("version", report.version)
    json.endObject()
    json.key("pages")
    json.beginArray()
    json.endArray()
    json.key("entries")
    json.beginArray()
    return json.take()
  }

  /// The requests of a connection, with its messages in the order of time.
  package mutating func entries(of connection: ConnectionSummary, messages: [MessageRecord]) -> [UInt8] {
    // One direction may have waited behind a hole. Messages of one packet keep their order: the sort is stable.
    let messages = messages.filter(RecordWriter.isMessage).sorted {
      ($0.at.time, $0.at.capture, $0.at.number) < ($1.at.time, $1.at.capture, $1.at.number)
    }
    for (index, request) in connection.requests.enumerated() {
      let next = index + 1 < connection.requests.count ? connection.requests[index + 1].request : nil
      let own = messages.filter { message in
        guard let start = request.request else { return connection.requests.count == 1 }
        return message.at.number >= start.number && next.map { message.at.number < $0.number } ?? true
      }
      write(request, of: connection, own)
    }
    return json.take()
  }

  /// Everything behind the entries.
  package mutating func tail() -> [UInt8] {
    json.endArray()
    json.endObject()
    json.endObject()
    json.newline()
    return json.take()
  }

  private mutating func write(
    _ request: RequestSummary, of connection: ConnectionSummary, _ messages: [MessageRecord]
  ) {
    let start = request.request ?? request.answer ?? connection.start
    let isWebSocket = request.isUpgrade && request.status == 101
    let end = isWebSocket ? connection.end : (request.answer ?? connection.end)
    json.beginObject()
    json.field("startedDateTime", start.time.utcText(fractionDigits: 6))
    milliseconds("time", end.time - start.time)
    writeRequest(request, of: connection, isWebSocket ? [] : messages.filter { $0.direction == .clientToServer })
    writeResponse(request, isWebSocket ? [] : messages.filter { $0.direction == .serverToClient })
    json.key("cache")
    json.beginObject()
    json.endObject()
    json.key("timings")
    json.beginObject()
    json.field("send", 0)
    milliseconds("wait", (request.answer ?? end).time - start.time)
    json.field("receive", 0)
    json.endObject()
    json.field("serverIPAddress", connection.server.address.description)
    json.field("connection", String(connection.id))
    json.field("_resourceType", HARDocument.resourceType(request))
    if isWebSocket {
      json.key("_webSocketMessages")
      json.beginArray()
      for message in messages where message.transport == .webSocket { write(message) }
      json.endArray()
    }
    json.endObject()
  }

  /// The kind of resource that a browser would show, as far as the exchange tells.
  private static func resourceType(_ request: RequestSummary) -> String {
    if request.isUpgrade, request.status == 101 { return "websocket" }
    if request.targetHas("transport=polling") { return "xhr" }
    let type = request.fields?.answer.first { $0.name.lowercased() == "content-type" }?.value.lowercased() ?? ""
    let kinds = [
      ("text/html", "document"), ("text/css", "stylesheet"), ("javascript", "script"), ("image/", "image"),
      ("font", "font"), ("json", "fetch"),
    ]
    return kinds.first { type.contains($0.0) }?.1 ?? "other"
  }

  /// A message as Chrome's exporter writes it; of one that is not all there, a comment says so.
  private mutating func write(_ message: MessageRecord) {
    json.beginObject()
    json.field("type", message.direction == .clientToServer ? "send" : "receive")
    json.key("time")
    json.seconds(message.at.time - Timestamp(nanoseconds: 0))
    json.field("opcode", Int(message.opcode.rawValue))
    json.key("data")
    if message.opcode == .text { json.string(utf8: message.payload) } else { json.base64(message.payload) }
    if let comment = HARPayload.comment([message]) { json.field("comment", comment) }
    json.endObject()
  }

  mutating func milliseconds(_ name: StaticString, _ interval: Interval) {
    json.key(name)
    json.number(max(0, interval.seconds * 1000))
  }
}
