/// How the length of a message's body is known (RFC 9112 section 6.3).
enum BodyFraming: Equatable, Sendable {
  case length(Int)
  case chunked
  case untilClose
  /// The length cannot be known, which "MUST" end the connection.
  case faulty(Dialogue.Fault)

  static let none = BodyFraming.length(0)

  /// The framing of a request: without Transfer-Encoding and Content-Length it has no body.
  init(request head: RequestHead) {
    self = head.method == "CONNECT" ? .none : Self(head.fields) ?? .none
    if self == .untilClose { self = .faulty(.transferCodings(head.fields.transferCodings)) }
  }

  /// The framing of a final response to a request whose method may be unknown.
  init(response head: ResponseHead, to method: ExchangeLedger.Method?) {
    if method == .head || head.status == 204 || head.status == 304 {
      self = .none
    } else {
      self = Self(head.fields) ?? .untilClose
    }
  }

  /// What the fields say; `nil` where they say nothing.
  ///
  /// "If a message is received with both a Transfer-Encoding and a Content-Length header field, the Transfer-Encoding
  /// overrides the Content-Length."
  private init?(_ fields: HeaderFields) {
    let codings = fields.transferCodings
    if !codings.isEmpty {
      self = codings.last == "chunked" ? .chunked : .untilClose
      return
    }
    let lengths = fields.elements("content-length")
    guard let first = lengths.first else { return nil }
    // "… a Content-Length field value consisting of the same decimal value repeated as a comma-separated list" is valid.
    guard lengths.allSatisfy({ $0 == first }) else {
      self = .faulty(.conflictingLengths(lengths))
      return
    }
    guard first.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let length = Int(first) else {
      self = .faulty(.invalidLength(first))
      return
    }
    self = .length(length)
  }
}

extension HeaderFields {
  /// The transfer codings in the order they were applied, in lower case, without parameters and `identity`.
  package var transferCodings: [String] {
    tokens("transfer-encoding").compactMap { Self.split($0, at: Octet.semicolon).first }.filter { $0 != "identity" }
  }

  /// Whether both Transfer-Encoding and Content-Length are present, which peers may understand differently.
  ///
  /// "Such a message might indicate an attempt to perform request smuggling" (RFC 9112 section 6.3).
  package var hasLengthBesideTransferCoding: Bool {
    contains("transfer-encoding") && contains("content-length")
  }
}
