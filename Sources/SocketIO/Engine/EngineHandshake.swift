import Bytes
import Packets

/// What the server says in its `open` packet (engine.io-protocol, "Handshake").
///
/// Clients cannot use a handshake without its timers; they are optional here because a report shows what there is.
package struct EngineHandshake: Equatable, Parceled, Sendable {
  /// The session id.
  package var sid: String
  /// The transports that the session may be upgraded to.
  package var upgrades: [String] = []
  /// The server's ping interval in milliseconds on the wire; in revision 3 it is the client's.
  package var pingInterval: Interval?
  package var pingTimeout: Interval?
  /// The most bytes that the server takes in one body or message; only revision 4 tells it.
  package var maxPayload: Int?

  /// The most names of `upgrades` that are kept: there are three transports.
  static let upgradesLimit = 8

  /// Reads the JSON of an `open` packet, of whose members any but `sid` may be missing.
  package init(parsing bytes: RawSpan, in range: Range<Int>) throws(ParseError) {
    var scanner = JSONScanner(range)
    guard scanner.enterObject(in: bytes) else { throw ParseError(.engineIO, .invalid("handshake")) }
    var sid: String?
    while let (key, value) = scanner.member(in: bytes) {
      if key.isString("sid", in: bytes), value.kind == .string {
        sid = value.string(in: bytes)
      } else if key.isString("upgrades", in: bytes) {
        upgrades = Self.names(value, in: bytes)
      } else if key.isString("pingInterval", in: bytes) {
        pingInterval = value.integer(in: bytes).map(Self.milliseconds)
      } else if key.isString("pingTimeout", in: bytes) {
        pingTimeout = value.integer(in: bytes).map(Self.milliseconds)
      } else if key.isString("maxPayload", in: bytes) {
        maxPayload = value.integer(in: bytes)
      }
    }
    guard let sid else { throw ParseError(.engineIO, .invalid("handshake sid")) }
    self.sid = sid
  }

  package static var blank: EngineHandshake { EngineHandshake(sid: "") }

  private init(sid: String) { self.sid = sid }

  package mutating func code(_ parcel: Parcel) {
    parcel.code(&sid)
    parcel.code(&upgrades)
    parcel.code(&pingInterval)
    parcel.code(&pingTimeout)
    parcel.code(&maxPayload)
  }

  /// An interval of milliseconds, clamped to the 292 years that an `Interval` holds.
  private static func milliseconds(_ count: Int) -> Interval {
    .milliseconds(max(-9_000_000_000_000, min(9_000_000_000_000, Int64(count))))
  }

  private static func names(_ array: JSONValue, in bytes: RawSpan) -> [String] {
    var scanner = JSONScanner(array.range)
    var names: [String] = []
    guard scanner.enterArray(in: bytes) else { return names }
    while names.count < upgradesLimit, let name = scanner.element(in: bytes) {
      if name.kind == .string { names.append(name.string(in: bytes)) }
    }
    return names
  }
}
