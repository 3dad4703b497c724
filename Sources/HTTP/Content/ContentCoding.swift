/// A way in which a body was compressed (RFC 9110 section 8.4.1).
package enum ContentCoding: Equatable, Sendable {
  case gzip
  /// The zlib format; "some non-conformant implementations send the deflate data without the zlib wrapper".
  case deflate
  case brotli

  /// The coding that a token in lower case names; `nil` for one that this program cannot undo.
  package init?(token: String) {
    switch token {
    case "gzip", "x-gzip": self = .gzip
    case "deflate": self = .deflate
    case "br": self = .brotli
    default: return nil
    }
  }
}

extension HeaderFields {
  /// The codings to undo for a body of these fields, in the order they were applied: Content-Encoding, and then
  /// Transfer-Encoding without `chunked`; `nil` where one is unknown.
  package var contentCodings: [ContentCoding]? {
    let tokens = tokens("content-encoding").filter { $0 != "identity" } + transferCodings.filter { $0 != "chunked" }
    let codings = tokens.compactMap(ContentCoding.init(token:))
    return codings.count == tokens.count ? codings : nil
  }
}
