import Bytes

/// A response's status line and fields (RFC 9112 section 4).
package struct ResponseHead: Equatable, Sendable {
  package var version: ProtocolVersion
  /// The status code, 0 to 999; RFC 9110 section 15 defines 100 to 599.
  package var status: Int
  /// The reason phrase, which may be empty or absent.
  package var reason: String
  package var fields: HeaderFields
  /// Bytes of the head on the wire, from the status line's first to the empty line's last.
  package var byteCount: Int

  package init(version: ProtocolVersion, status: Int, reason: String, fields: HeaderFields, byteCount: Int = 0) {
    self.version = version
    self.status = status
    self.reason = reason
    self.fields = fields
    self.byteCount = byteCount
  }

  /// Reads a whole head, from the status line to the empty line.
  package init(parsing head: RawSpan, limits: HTTPLimits = HTTPLimits()) throws(ParseError) {
    let line = StartLine(of: head)
    guard let version = ProtocolVersion(parsing: head, at: 0) else {
      throw ParseError(.http, .invalid("HTTP-version"))
    }
    guard line.end >= 12, head.byte(at: 8) == Octet.space,
      let status = Self.status(head), line.end == 12 || head.byte(at: 12) == Octet.space
    else { throw ParseError(.http, .invalid("status-code")) }
    self.init(
      version: version, status: status, reason: head.text(in: head.trimmed(12..<line.end)),
      fields: HeaderFields(parsing: head, from: line.next, limits: limits), byteCount: head.byteCount)
  }

  private static func status(_ head: RawSpan) -> Int? {
    var status = 0
    for offset in 9..<12 {
      let digit = head.byte(at: offset) &- UInt8(ascii: "0")
      guard digit <= 9 else { return nil }
      status = status * 10 + Int(digit)
    }
    return status
  }

  /// Whether the response is provisional and another follows for the same request: any 1xx but 101 (RFC 9110
  /// section 15.2).
  package var isInterim: Bool { 100..<200 ~= status && status != 101 }
}
