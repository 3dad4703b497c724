/// The parts of a request target (RFC 9112 section 3.2, RFC 3986 section 3).
extension RequestHead {
  /// The path, still percent-encoded; `*` for asterisk-form and empty for authority-form (CONNECT).
  ///
  /// Of absolute-form, as a client sends it to a forward proxy, it is the part after the authority.
  package var path: String {
    if method == "CONNECT" { return "" }
    let path = String(afterAuthority.prefix { $0 != "?" && $0 != "#" })
    return path.isEmpty ? "/" : path
  }

  /// The query, still percent-encoded, without its `?`; `nil` where there is none.
  package var query: String? {
    let rest = afterAuthority
    guard let mark = rest.firstIndex(of: "?") else { return nil }
    return String(rest[rest.index(after: mark)...].prefix { $0 != "#" })
  }

  /// The authority that the request is for: that of the target where it has one, else the Host field.
  ///
  /// "When a proxy receives a request with an absolute-form of request-target, the proxy MUST ignore the received Host
  /// header field" (section 3.2.2).
  package var host: String? {
    if method == "CONNECT" { return target }
    return authority.map(String.init) ?? fields.values("host").first
  }

  /// Whether the target is in absolute-form, as sent to a forward proxy.
  package var isAbsoluteForm: Bool { authority != nil }

  /// The first value of a query parameter, percent-decoded; `nil` where it is not in the query.
  ///
  /// A parameter without `=` has the empty value.
  package func queryValue(_ name: String) -> String? {
    guard let query else { return nil }
    for item in query.split(separator: "&") {
      let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if Self.percentDecoded(parts[0]) == name { return parts.count > 1 ? Self.percentDecoded(parts[1]) : "" }
    }
    return nil
  }

  /// All query parameters in order, percent-decoded.
  package var queryItems: [(name: String, value: String)] {
    (query ?? "").split(separator: "&").map { item in
      let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (Self.percentDecoded(parts[0]), parts.count > 1 ? Self.percentDecoded(parts[1]) : "")
    }
  }

  /// What stands between `scheme://` and the path; `nil` for the forms without a scheme.
  private var authority: Substring? {
    guard let start = authorityStart else { return nil }
    return target[start...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
  }

  private var afterAuthority: Substring {
    guard let authority else { return target[...] }
    return target[authority.endIndex...]
  }

  private var authorityStart: String.Index? {
    guard !target.hasPrefix("/"), let colon = target.firstIndex(of: ":"), target[colon...].hasPrefix("://") else {
      return nil
    }
    return target.index(colon, offsetBy: 3)
  }

  /// Text with `%XX` and `+` undone; ill-formed UTF-8 is replaced by U+FFFD and a `%` that encodes nothing is kept.
  static func percentDecoded(_ text: Substring) -> String {
    guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else { return String(text) }
    let encoded = Array(text.utf8)
    var decoded: [UInt8] = []
    var index = 0
    while index < encoded.count {
      if encoded[index] == UInt8(ascii: "%"), index + 2 < encoded.count,
        let high = Octet.hexadecimal(encoded[index + 1]), let low = Octet.hexadecimal(encoded[index + 2])
      {
        decoded.append(high << 4 | low)
        index += 3
      } else {
        decoded.append(encoded[index] == UInt8(ascii: "+") ? Octet.space : encoded[index])
        index += 1
      }
    }
    return String(decoding: decoded, as: UTF8.self)
  }
}
