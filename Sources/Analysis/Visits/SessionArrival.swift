import Bytes
import HTTP
import Packets

/// A request that opens a session, or would: who sent it, and from which page.
struct SessionArrival {
  /// Bytes kept of a name in a header field; a peer may send any length.
  private static let longestName = 256

  var at: PacketReference
  var forwardedFor: String?
  var userAgent: String?
  /// The page's origin, where it is another one than the server's.
  var foreignOrigin: String?
  var isPreflight: Bool

  /// The arrival that a request is; `nil` for one within a session, and for other traffic.
  init?(_ head: RequestHead, asksForUpgrade: Bool, at reference: PacketReference) {
    let isPoll = head.queryValue("transport") == "polling"
    guard isPoll || asksForUpgrade else { return nil }
    isPreflight = head.method == "OPTIONS"
    guard isPreflight || head.queryValue("sid") == nil else { return nil }
    at = reference
    forwardedFor = Self.firstAddress(head.fields)
    userAgent = head.fields["User-Agent"].map { String($0.prefix(Self.longestName)) }
    // WebSocket is not subject to CORS (RFC 6455 section 10.2: the server checks the origin).
    foreignOrigin = asksForUpgrade ? nil : Self.foreignOrigin(head.fields)
  }

  private static func firstAddress(_ fields: HeaderFields) -> String? {
    (fields.elements("X-Forwarded-For").first ?? fields["X-Real-IP"]).map { String($0.prefix(longestName)) }
  }

  /// The origin of a request that comes from a page elsewhere.
  ///
  /// A proxy may put another host into Host: one of the names that the request bears has to be the origin's.
  private static func foreignOrigin(_ fields: HeaderFields) -> String? {
    guard let origin = fields["Origin"].map({ String($0.prefix(longestName)) }) else { return nil }
    let page = authority(origin.lowercased())
    let hosts = fields.elements("X-Forwarded-Host") + [fields["Host"]].compactMap { $0 }
    return hosts.contains { authority($0.lowercased()) == page } ? nil : origin
  }

  /// Host and port without the scheme and its default port.
  private static func authority(_ text: String) -> String {
    var text = text[...]
    if let scheme = text.firstRange(of: "://") { text = text[scheme.upperBound...] }
    if text.hasSuffix(":80") { text = text.dropLast(3) }
    if text.hasSuffix(":443") { text = text.dropLast(4) }
    return String(text)
  }
}

extension SessionArrival: Parceled {
  static var blank: SessionArrival { SessionArrival(at: .none, isPreflight: false) }

  private init(at reference: PacketReference, isPreflight: Bool) {
    at = reference
    self.isPreflight = isPreflight
  }

  mutating func code(_ parcel: Parcel) {
    parcel.code(&at)
    parcel.code(&forwardedFor)
    parcel.code(&userAgent)
    parcel.code(&foreignOrigin)
    parcel.code(&isPreflight)
  }
}
