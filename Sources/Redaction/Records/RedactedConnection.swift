import Analysis
import Packets

extension Redactor {
  /// A connection with its requests' secrets replaced.
  package mutating func redact(_ connection: ConnectionSummary) -> ConnectionSummary {
    var redacted = connection
    redacted.client = endpoint(connection.client)
    redacted.server = endpoint(connection.server)
    redacted.sid = identifier(connection.sid)
    redacted.requests = []
    redacted.requests.reserveCapacity(connection.requests.count)
    for request in connection.requests { redacted.requests.append(redact(request)) }
    if let subprotocol = connection.webSocket?.subprotocol {
      redacted.webSocket?.subprotocol = self.subprotocol(subprotocol)
    }
    if let reason = connection.webSocket?.close?.reason { redacted.webSocket?.close?.reason = text(reason) }
    return redacted
  }

  private mutating func redact(_ request: RequestSummary) -> RequestSummary {
    var redacted = request
    redacted.target = target(request.target)
    if let refusal = request.refusal { redacted.refusal = answerBody(refusal) }
    if let fields = request.fields {
      redacted.fields?.request = fields.request.map { field($0) }
      redacted.fields?.answer = fields.answer.map { field($0) }
    }
    return redacted
  }

  private mutating func field(_ line: HeaderLine) -> HeaderLine {
    let name = line.name.lowercased()
    switch name {
    case "cookie": return HeaderLine(name: line.name, value: cookies(line.value))
    case "set-cookie": return HeaderLine(name: line.name, value: setCookie(line.value))
    case "authorization", "proxy-authorization":
      removals.count(.credential)
      let scheme = line.value.prefix { $0 != " " }
      let isScheme = scheme.count < line.value.count
      return HeaderLine(
        name: line.name, value: (isScheme ? "\(scheme) " : "") + marker.mark(line.value, "authorization"))
    case "sec-websocket-protocol": return HeaderLine(name: line.name, value: subprotocol(line.value))
    case "referer", "location", "origin":
      return HeaderLine(name: line.name, value: target(line.value))
    case _ where name.hasPrefix("sec-websocket") || name == "www-authenticate": return line
    default: break
    }
    guard Words.isSecret(name) else { return HeaderLine(name: line.name, value: text(line.value)) }
    removals.count(.secretHeader)
    return HeaderLine(name: line.name, value: marker.mark(line.value, "secret"))
  }

  /// The cookies' names with marks: a load balancer's cookie shows whether it came back the same.
  private mutating func cookies(_ value: String) -> String {
    value.split(separator: ";").map { pair in
      let pair = pair.drop { $0 == " " }
      removals.count(.cookie)
      guard let equals = pair.firstIndex(of: "=") else { return marker.mark(pair, "cookie") }
      let name = pair[..<equals]
      return "\(Words.isName(name.utf8Span.span.bytes) ? String(name) : "‹name›")="
        + marker.mark(pair[pair.index(after: equals)...], "cookie")
    }.joined(separator: "; ")
  }

  /// A cookie as it is set: its attributes say how long and where it is valid, and stay.
  private mutating func setCookie(_ value: String) -> String {
    guard let end = value.firstIndex(of: ";") else { return cookies(value) }
    return cookies(String(value[..<end])) + text(String(value[end...]))
  }

  /// Names of subprotocols; a token that a browser's script put there because it can't set headers becomes a mark.
  private mutating func subprotocol(_ value: String) -> String {
    value.split(separator: ",").map { name in
      let name = String(name.drop { $0 == " " })
      guard name.count > 32 || Words.isIdentifier(name.utf8Span.span.bytes) else { return name }
      removals.count(.secretHeader)
      return marker.mark(name, "subprotocol")
    }.joined(separator: ", ")
  }

  /// The body of a refusal: Engine.IO's own words and a status page's title stay.
  mutating func answerBody(_ body: String) -> String {
    let known = AnswerBody.known(body)
    if let known { return known }
    removals.count(.answerBody)
    let bytes = Array(body.utf8)
    if body.hasPrefix("{") || body.hasPrefix("[") { return Shape(marker).json(bytes, in: bytes.indices, .data) }
    return "‹\(Shape.length(bytes.span.bytes)) chars›"
  }
}

/// What an answer's body may say to everybody.
enum AnswerBody {
  /// Engine.IO's errors as the servers word them.
  private static let messages = [
    "Transport unknown", "Session ID unknown", "Bad handshake method", "Bad request", "Forbidden",
    "Unsupported protocol version", "Invalid session", "Not found", "Invalid transport", "Server not initialized",
  ]

  /// What stays of a body that is one of the protocol's or of a status page; `nil` for any other.
  static func known(_ body: String) -> String? {
    let isOwn = messages.contains { body == $0 || body == "\"\($0)\"" || isError(body, $0) }
    if isOwn { return body }
    if body.hasPrefix("\"Invalid session") { return "\"Invalid session ‹…›\"" }
    return isPlainReason(body) ? body : title(of: body)
  }

  /// Whether a body is a short reason in words, `{"code":4,"message":"origin not allowed"}`: what a person needs to know,
  /// and nothing that names someone.
  private static func isPlainReason(_ body: String) -> Bool {
    guard body.utf8.count <= 120 else { return false }
    var digits = 0
    for byte in body.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): break
      case UInt8(ascii: " "), UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "\""),
        UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        break
      default: return false
      }
    }
    return digits <= 3
  }

  private static func isError(_ body: String, _ message: String) -> Bool {
    (0...9).contains { body == "{\"code\":\($0),\"message\":\"\(message)\"}" }
  }

  /// `502 Bad Gateway`, the title of a page that a proxy made.
  private static func title(of body: String) -> String? {
    guard let start = body.firstRange(of: "<title>"), let end = body[start.upperBound...].firstRange(of: "</title>")
    else {
      return nil
    }
    let title = body[start.upperBound..<end.lowerBound]
    let words = title.split(separator: " ")
    guard title.count <= 40, let status = words.first, status.count == 3, status.allSatisfy(\.isNumber),
      words.dropFirst().allSatisfy({ word in word.allSatisfy { $0.isLetter || $0 == "-" } })
    else { return nil }
    return "<title>\(title)</title>"
  }
}
