/// Heads and bodies of HTTP/1.1 messages as bytes (RFC 9112).
package enum HTTPText {
  /// Header fields in the order in which they are sent.
  package typealias Fields = [(name: String, value: String)]

  /// A request; a body adds its `Content-Length`.
  package static func request(
    _ method: String, _ target: String, host: String = "chat.example:8080", version: String = "1.1",
    fields: Fields = [], body: [UInt8]? = nil
  ) -> [UInt8] {
    message("\(method) \(target) HTTP/\(version)", [("Host", host)] + fields, body: body)
  }

  /// A response; a body adds its `Content-Length`.
  package static func response(
    _ status: Int, _ reason: String? = nil, fields: Fields = [], body: [UInt8]? = nil
  ) -> [UInt8] {
    message("HTTP/1.1 \(status) \(reason ?? reasonPhrases[status] ?? "Status")", fields, body: body)
  }

  /// A chunk of a chunked body (RFC 9112 section 7.1); the last chunk is an empty one.
  package static func chunk(_ bytes: [UInt8]) -> [UInt8] {
    Array(String(bytes.count, radix: 16).utf8) + Array("\r\n".utf8) + bytes + Array("\r\n".utf8)
  }

  private static func message(_ startLine: String, _ fields: Fields, body: [UInt8]?) -> [UInt8] {
    var head = startLine + "\r\n"
    for (name, value) in fields { head += "\(name): \(value)\r\n" }
    if let body { head += "Content-Length: \(body.count)\r\n" }
    return Array((head + "\r\n").utf8) + (body ?? [])
  }

  private static let reasonPhrases = [
    101: "Switching Protocols", 200: "OK", 204: "No Content", 301: "Moved Permanently", 400: "Bad Request",
    401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 413: "Payload Too Large", 426: "Upgrade Required",
    500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
  ]
}
