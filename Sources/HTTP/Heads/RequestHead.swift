import Bytes

/// A request's line and fields (RFC 9112 section 3).
package struct RequestHead: Equatable, Sendable {
  /// The method as it was sent; methods are case-sensitive.
  package var method: String
  /// The request target as it stood on the wire, in any of its four forms (section 3.2).
  package var target: String
  package var version: ProtocolVersion
  package var fields: HeaderFields
  /// Bytes of the head on the wire, from the request line's first to the empty line's last.
  package var byteCount: Int

  package init(method: String, target: String, version: ProtocolVersion, fields: HeaderFields, byteCount: Int = 0) {
    self.method = method
    self.target = target
    self.version = version
    self.fields = fields
    self.byteCount = byteCount
  }

  /// Reads a whole head, from the request line to the empty line.
  ///
  /// A target with spaces in it is kept whole: the version is what follows the last space.
  package init(parsing head: RawSpan, limits: HTTPLimits = HTTPLimits()) throws(ParseError) {
    let line = StartLine(of: head)
    guard let methodEnd = head.firstOffset(of: Octet.space), methodEnd > 0, methodEnd < line.end,
      (0..<methodEnd).allSatisfy({ Octet.isToken(head.byte(at: $0)) })
    else { throw ParseError(.http, .invalid("request-line")) }
    let versionStart = line.end - 8
    guard versionStart > methodEnd, head.byte(at: versionStart - 1) == Octet.space,
      let version = ProtocolVersion(parsing: head, at: versionStart)
    else { throw ParseError(.http, .invalid("HTTP-version")) }
    let target = head.trimmed(methodEnd..<versionStart)
    guard !target.isEmpty else { throw ParseError(.http, .invalid("request-target")) }
    self.init(
      method: head.text(in: 0..<methodEnd), target: head.text(in: target), version: version,
      fields: HeaderFields(parsing: head, from: line.next, limits: limits), byteCount: head.byteCount)
  }
}

/// Where a head's first line ends and its second begins.
struct StartLine {
  /// The first line's end, without its line break and trailing blanks.
  var end: Int
  /// The offset after the line break.
  var next: Int

  init(of head: RawSpan) {
    let lineFeed = head.firstOffset(of: Octet.lineFeed) ?? head.byteCount
    next = min(lineFeed + 1, head.byteCount)
    end = lineFeed
    if end > 0, head.byte(at: end - 1) == Octet.carriageReturn { end -= 1 }
    end = head.trimmed(0..<end).upperBound
  }
}
