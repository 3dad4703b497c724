import Bytes

/// What a CONNECT packet says beside the application's own `auth` data (socket.io-protocol 5, "Connection to a namespace").
///
/// The server answers with `sid`, and `pid` where it can recover connections; a client that comes back sends the `pid`
/// and the `offset` of the last event that it got.
package struct ConnectData: Equatable, Sendable {
  package var sid: String?
  package var pid: String?
  package var offset: String?

  /// Reads the payload of a CONNECT packet; what is missing or not text stays `nil`.
  package init(parsing bytes: RawSpan, in range: Range<Int>) {
    var scanner = JSONScanner(range)
    guard scanner.enterObject(in: bytes) else { return }
    while let (key, value) = scanner.member(in: bytes) {
      guard value.kind == .string else { continue }
      if key.isString("sid", in: bytes) {
        sid = value.string(in: bytes)
      } else if key.isString("pid", in: bytes) {
        pid = value.string(in: bytes)
      } else if key.isString("offset", in: bytes) {
        offset = value.string(in: bytes)
      }
    }
  }
}

/// What a CONNECT_ERROR packet says: an object with a `message` in protocol 5, a bare string before.
package struct ConnectErrorData: Equatable, Sendable {
  package var message: String?

  /// Reads the payload of a CONNECT_ERROR or ERROR packet.
  package init(parsing bytes: RawSpan, in range: Range<Int>) {
    var scanner = JSONScanner(range)
    let first = scanner.peek(in: bytes)
    let value =
      first == UInt8(ascii: "{") ? scanner.value(forKey: "message", in: bytes) : scanner.value(in: bytes)
    guard let value, value.kind == .string else { return }
    message = value.string(in: bytes)
  }
}
