import Analysis
import Packets

/// The request and the response of an entry.
extension HARDocument {
  /// The request, with the packets of its long-polling payload as its body.
  mutating func writeRequest(_ request: RequestSummary, of connection: ConnectionSummary, _ body: [MessageRecord]) {
    let fields = request.fields?.request ?? []
    let scheme = request.isUpgrade && request.status == 101 ? "ws" : "http"
    json.key("request")
    json.beginObject()
    json.field("method", request.method.isEmpty ? "GET" : request.method)
    json.field("url", "\(scheme)://\(HARDocument.value("host", fields) ?? "\(connection.server)")\(request.target)")
    json.field("httpVersion", "HTTP/\(request.version)")
    json.key("cookies")
    pairs(fields.filter { $0.name.lowercased() == "cookie" }.flatMap { HARDocument.cookies($0.value) })
    json.key("headers")
    pairs(fields.map { ($0.name, $0.value) })
    json.key("queryString")
    pairs(HARDocument.query(request.target))
    if let payload = HARPayload(body, of: request) {
      json.key("postData")
      json.beginObject()
      json.field("mimeType", HARDocument.value("content-type", fields) ?? "text/plain;charset=UTF-8")
      json.key("text")
      write(payload)
      if let comment = HARPayload.comment(body) { json.field("comment", comment) }
      json.endObject()
    }
    json.field("headersSize", -1)
    json.field("bodySize", body.reduce(0) { $0 &+ $1.length })
    json.endObject()
  }

  /// The response, with the packets of its long-polling payload as its body.
  mutating func writeResponse(_ request: RequestSummary, _ body: [MessageRecord]) {
    let fields = request.fields?.answer ?? []
    json.key("response")
    json.beginObject()
    json.field("status", request.status ?? 0)
    json.field("statusText", request.status == 101 ? "Switching Protocols" : "")
    json.field("httpVersion", "HTTP/1.1")
    json.key("cookies")
    let set = fields.filter { $0.name.lowercased() == "set-cookie" }
    pairs(set.compactMap { HARDocument.cookies($0.value).first })
    json.key("headers")
    pairs(fields.map { ($0.name, $0.value) })
    writeContent(request, body, type: HARDocument.value("content-type", fields))
    json.field("redirectURL", HARDocument.value("location", fields) ?? "")
    json.field("headersSize", -1)
    json.field("bodySize", -1)
    json.endObject()
  }

  private mutating func writeContent(_ request: RequestSummary, _ body: [MessageRecord], type: String?) {
    let payload = HARPayload(body, of: request)
    let refusal = payload == nil ? request.refusal : nil
    json.key("content")
    json.beginObject()
    json.field("size", refusal?.utf8.count ?? body.reduce(0) { $0 &+ $1.length })
    json.field("mimeType", type ?? (payload == nil ? "x-unknown" : "text/plain; charset=UTF-8"))
    if let payload {
      json.key("text")
      write(payload)
      if payload.isBase64 { json.field("encoding", "base64") }
      if let comment = HARPayload.comment(body) { json.field("comment", comment) }
    } else if let refusal {
      json.field("text", refusal)
    }
    json.endObject()
  }

  private mutating func write(_ payload: HARPayload) {
    if payload.isBase64 { json.base64(payload.bytes) } else { json.string(utf8: payload.bytes) }
  }

  private static func value(_ name: String, _ fields: [HeaderLine]) -> String? {
    fields.first { $0.name.lowercased() == name }?.value
  }

  /// The names and values of a Cookie field, or of a Set-Cookie field and its attributes.
  private static func cookies(_ field: String) -> [(String, String)] {
    field.split(separator: ";").map { part in halves(part.drop { $0 == " " }) }
  }

  private static func query(_ target: String) -> [(String, String)] {
    guard let question = target.firstIndex(of: "?") else { return [] }
    return target[target.index(after: question)...].split(separator: "&").map { halves($0) }
  }

  private static func halves(_ text: Substring) -> (String, String) {
    let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    return (halves.first.map { String($0) } ?? "", halves.count > 1 ? String(halves[1]) : "")
  }

  private mutating func pairs(_ pairs: [(String, String)]) {
    json.beginArray()
    for (name, value) in pairs {
      json.beginObject()
      json.field("name", name)
      json.field("value", value)
      json.endObject()
    }
    json.endArray()
  }
}
