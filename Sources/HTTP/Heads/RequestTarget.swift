/// The parts of a request target (RFC 9112 section 3.2, RFC 3986 section 3).
extension RequestHead {
  /// The path, still percent-encoded; `*` for asterisk-form and empty for authority-form (CONNECT).
  ///
  /// Of absolute-form, as a client sends it to a forward proxy, it is the part after the authority.
  package var path: String {
    if method == "CONNECT" { return "" }
    let path = target.utf8[authorityEnd...].prefix { $0 != Octet.questionMark && $0 != Octet.numberSign }
    return path.isEmpty ? "/" : String(Substring(path))
  }

  /// The query, still percent-encoded, without its `?`; `nil` where there is none.
  package var query: String? { queryBytes.map { String(Substring($0)) } }

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
    guard let query = queryBytes else { return nil }
    // Once for each request and parameter: on the bytes in one piece, which costs a tenth of walking through text.
    let found = query.withContiguousStorageIfAvailable { Self.value(of: name, in: $0) }
    return found ?? queryItems.first { $0.name == name }?.value
  }

  private static func value(of name: String, in query: UnsafeBufferPointer<UInt8>) -> String? {
    var start = query.startIndex
    while start < query.endIndex {
      let end = query[start...].firstIndex(of: Octet.ampersand) ?? query.endIndex
      let nameEnd = query[start..<end].firstIndex(of: Octet.equals) ?? end
      if isName(query[start..<nameEnd], name) {
        return percentDecoded(Substring(decoding: query[min(nameEnd + 1, end)..<end], as: UTF8.self))
      }
      start = end + 1
    }
    return nil
  }

  private static func isName(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, _ name: String) -> Bool {
    if bytes.contains(Octet.percent) || bytes.contains(Octet.plus) {
      return percentDecoded(Substring(decoding: bytes, as: UTF8.self)) == name
    }
    return bytes.elementsEqual(name.utf8)
  }

  /// All query parameters in order, percent-decoded.
  package var queryItems: [(name: String, value: String)] {
    (queryBytes?.split(separator: Octet.ampersand) ?? []).map { item in
      let (name, value) = Self.parts(of: item)
      return (Self.percentDecoded(Substring(name)), Self.percentDecoded(Substring(value)))
    }
  }

  private static func parts(of item: Substring.UTF8View) -> (name: Substring.UTF8View, value: Substring.UTF8View) {
    guard let equals = item.firstIndex(of: Octet.equals) else { return (item, item[item.endIndex...]) }
    return (item[..<equals], item[item.index(after: equals)...])
  }

  /// The query's bytes: text is walked through byte by byte, because characters cost a hundred times as much.
  private var queryBytes: Substring.UTF8View? {
    let rest = target.utf8[authorityEnd...]
    guard let mark = rest.firstIndex(of: Octet.questionMark) else { return nil }
    return rest[rest.index(after: mark)...].prefix { $0 != Octet.numberSign }
  }

  /// What stands between `scheme://` and the path; `nil` for the forms without a scheme.
  private var authority: Substring? {
    guard let start = authorityStart else { return nil }
    return Substring(target.utf8[start..<authorityEnd])
  }

  /// Where the path begins, or what stands in its place.
  private var authorityEnd: String.Index {
    guard let start = authorityStart else { return target.startIndex }
    let ends = [Octet.slash, Octet.questionMark, Octet.numberSign]
    return target.utf8[start...].firstIndex { ends.contains($0) } ?? target.endIndex
  }

  private var authorityStart: String.Index? {
    let bytes = target.utf8
    guard bytes.first != Octet.slash, let colon = bytes.firstIndex(of: Octet.colon),
      bytes[colon...].starts(with: "://".utf8)
    else { return nil }
    return bytes.index(colon, offsetBy: 3)
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
