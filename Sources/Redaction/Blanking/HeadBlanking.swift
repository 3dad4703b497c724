import HTTP

/// Blanks a head of HTTP in place: names, framing and what the upgrade needs stay; everything else becomes `x`.
struct HeadBlanking {
  let marker: Marker
  /// Whether values that hold addresses are filled too.
  let hidesAddresses: Bool

  /// Fields whose values say how the message is framed, decoded, proxied or refused, and nothing about a person.
  private static let open: Set<String> = [
    "connection", "upgrade", "content-length", "content-type", "content-encoding", "transfer-encoding", "te", "trailer",
    "accept", "accept-encoding", "accept-language", "user-agent", "server", "date", "cache-control", "pragma",
    "expires",
    "keep-alive", "via", "vary", "allow", "retry-after", "x-powered-by", "last-modified", "age", "expect", "priority",
    "x-accel-buffering", "alt-svc", "strict-transport-security", "x-content-type-options",
  ]
  private static let openPrefixes = ["sec-websocket", "sec-fetch", "sec-ch-ua", "access-control-"]
  /// Fields that say where: kept, unless addresses are to be hidden.
  private static let places: Set<String> = [
    "host", "origin", "forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip",
  ]

  func blank(_ bytes: inout [UInt8]) {
    var start = 0
    var isFirst = true
    while start < bytes.count {
      let lineFeed = bytes[start...].firstIndex(of: 0x0a) ?? bytes.count
      var end = lineFeed
      if end > start, bytes[end - 1] == 0x0d { end -= 1 }
      if isFirst, end > start {
        startLine(&bytes, start..<end)
        isFirst = false
      } else {
        field(&bytes, start..<end)
      }
      start = lineFeed + 1
    }
  }

  /// `GET /socket.io/?EIO=4&sid=… HTTP/1.1`; a status line stays.
  private func startLine(_ bytes: inout [UInt8], _ line: Range<Int>) {
    if bytes[line].starts(with: "HTTP/".utf8) { return }
    guard let space = bytes[line].firstIndex(of: 0x20), let last = bytes[line].lastIndex(of: 0x20), space < last else {
      return
    }
    let target = space + 1..<last
    let question = bytes[target].firstIndex(of: UInt8(ascii: "?"))
    path(&bytes, target.lowerBound..<(question ?? target.upperBound))
    guard let question else { return }
    var start = question + 1
    while start < target.upperBound {
      let end = bytes[start..<target.upperBound].firstIndex(of: UInt8(ascii: "&")) ?? target.upperBound
      parameter(&bytes, start..<end)
      start = end + 1
    }
  }

  /// A path's segments stay unless they are an identifier or an address of mail.
  private func path(_ bytes: inout [UInt8], _ range: Range<Int>) {
    var start = range.lowerBound
    while start < range.upperBound {
      let end = bytes[start..<range.upperBound].firstIndex(of: UInt8(ascii: "/")) ?? range.upperBound
      let segment = bytes[start..<end]
      let isPrivate = segment.contains(UInt8(ascii: "@")) || Words.isIdentifier(segment.span.bytes)
      if isPrivate { Filler.fill(&bytes, start..<end) }
      start = end + 1
    }
  }

  private func parameter(_ bytes: inout [UInt8], _ range: Range<Int>) {
    guard let equals = bytes[range].firstIndex(of: UInt8(ascii: "=")) else { return Filler.fill(&bytes, range) }
    let name = String(decoding: bytes[range.lowerBound..<equals], as: UTF8.self)
    let value = equals + 1..<range.upperBound
    if Words.openParameters.contains(name) { return }
    if name == "sid" {
      bytes.replaceSubrange(value, with: marker.disguise(Array(bytes[value])))
    } else {
      Filler.fill(&bytes, value)
    }
  }

  private func field(_ bytes: inout [UInt8], _ line: Range<Int>) {
    guard !line.isEmpty else { return }
    guard let colon = bytes[line].firstIndex(of: UInt8(ascii: ":")) else { return Filler.fill(&bytes, line) }
    let name = String(decoding: bytes[line.lowerBound..<colon], as: UTF8.self).lowercased()
    var start = colon + 1
    while start < line.upperBound, bytes[start] == 0x20 { start += 1 }
    let value = start..<line.upperBound
    if name == "sec-websocket-protocol" { return subprotocols(&bytes, value) }
    if HeadBlanking.open.contains(name) || HeadBlanking.openPrefixes.contains(where: { name.hasPrefix($0) }) { return }
    if HeadBlanking.places.contains(name), !hidesAddresses, !bytes[value].contains(UInt8(ascii: "@")) { return }
    Filler.fill(&bytes, value)
  }

  private func subprotocols(_ bytes: inout [UInt8], _ range: Range<Int>) {
    var start = range.lowerBound
    while start < range.upperBound {
      let end = bytes[start..<range.upperBound].firstIndex(of: UInt8(ascii: ",")) ?? range.upperBound
      if end - start > 32 || Words.isIdentifier(bytes[start..<end].span.bytes) { Filler.fill(&bytes, start..<end) }
      start = end + 1
    }
  }
}
