import Bytes
import Packets

/// The header that a proxy puts before a connection's first byte to name its client (HAProxy's PROXY protocol).
///
/// Version 1 is a line of text of at most 107 bytes (section 2.1 of proxy-protocol.txt), version 2 is binary (2.2).
struct ProxyHeader: Equatable, Sendable {
  /// The client's and the server's endpoint; `nil` where the proxy speaks for itself or does not know.
  var endpoints: Endpoints?
  /// Bytes of the header on the wire.
  var byteCount: Int

  struct Endpoints: Equatable, Sendable {
    var source: Endpoint
    var destination: Endpoint
  }

  static let signature: StaticString = "\r\n\r\n\0\r\nQUIT\n"
  /// "a 107-byte buffer is always enough to store all the line and a trailing zero".
  static let longestLine = 107

  /// Reads the header of version 1 or 2 at the start of the bytes.
  init(parsing bytes: RawSpan) throws(ParseError) {
    if bytes.starts(with: "PROXY ") {
      try self.init(text: bytes)
    } else {
      try self.init(binary: bytes)
    }
  }

  /// `PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n`.
  private init(text bytes: RawSpan) throws(ParseError) {
    guard let lineFeed = bytes.firstOffset(of: Octet.lineFeed) else {
      guard bytes.byteCount <= Self.longestLine else { throw ParseError(.http, .invalid("PROXY line")) }
      throw .short(.http, needed: bytes.byteCount + 1, available: bytes.byteCount)
    }
    guard lineFeed <= Self.longestLine else { throw ParseError(.http, .invalid("PROXY line")) }
    byteCount = lineFeed + 1
    let words = bytes.text(in: 0..<lineFeed).split { $0 == " " || $0 == "\r" }
    guard words.count > 1, words[1] != "UNKNOWN" else { return }
    guard words.count == 6, let source = IPAddress(words[2]), let destination = IPAddress(words[3]),
      let sourcePort = UInt16(words[4]), let destinationPort = UInt16(words[5])
    else { throw ParseError(.http, .invalid("PROXY line")) }
    endpoints = Endpoints(
      source: Endpoint(address: source, port: sourcePort),
      destination: Endpoint(address: destination, port: destinationPort))
  }

  private init(binary bytes: RawSpan) throws(ParseError) {
    guard bytes.byteCount >= 16 else { throw .short(.http, needed: 16, available: bytes.byteCount) }
    guard bytes.starts(with: Self.signature), bytes.byte(at: 12) >> 4 == 2 else {
      throw ParseError(.http, .invalid("PROXY signature"))
    }
    byteCount = 16 + Int(bytes.uint16(at: 14))
    guard bytes.byteCount >= byteCount else { throw .short(.http, needed: byteCount, available: bytes.byteCount) }
    let isLocal = bytes.byte(at: 12) & 0xf == 0
    switch bytes.byte(at: 13) {
    case 0x11 where !isLocal && byteCount >= 28:
      endpoints = Endpoints(
        source: Endpoint(address: IPAddress(ipv4: bytes.uint32(at: 16)), port: bytes.uint16(at: 24)),
        destination: Endpoint(address: IPAddress(ipv4: bytes.uint32(at: 20)), port: bytes.uint16(at: 26)))
    case 0x21 where !isLocal && byteCount >= 52:
      endpoints = Endpoints(
        source: Endpoint(
          address: IPAddress(high: bytes.uint64(at: 16), low: bytes.uint64(at: 24)), port: bytes.uint16(at: 48)),
        destination: Endpoint(
          address: IPAddress(high: bytes.uint64(at: 32), low: bytes.uint64(at: 40)), port: bytes.uint16(at: 50)))
    default:
      break
    }
  }
}

extension IPAddress {
  /// Reads an address in its text form, IPv4 or IPv6 (RFC 4291 section 2.2).
  fileprivate init?(_ text: Substring) {
    if let bits = Self.dottedQuad(text) {
      self.init(ipv4: bits)
      return
    }
    let halves = text.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
    guard text.contains(":"), let head = Self.groups(halves[0]),
      let tail = Self.groups(halves.count > 1 ? halves[1] : "")
    else { return nil }
    let zeros = 8 - head.count - tail.count
    guard halves.count > 1 ? zeros >= 1 : zeros == 0 else { return nil }
    let groups = head + Array(repeating: 0, count: zeros) + tail
    self.init(
      high: groups[..<4].reduce(0) { $0 << 16 | UInt64($1) }, low: groups[4...].reduce(0) { $0 << 16 | UInt64($1) })
  }

  private static func groups(_ text: Substring) -> [UInt16]? {
    var groups: [UInt16] = []
    for part in text.split(separator: ":") {
      if let bits = dottedQuad(part) {
        groups += [UInt16(bits >> 16), UInt16(bits & 0xffff)]
      } else if part.utf8.count <= 4, let group = UInt16(part, radix: 16) {
        groups.append(group)
      } else {
        return nil
      }
    }
    return groups.count <= 8 ? groups : nil
  }

  private static func dottedQuad(_ text: Substring) -> UInt32? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bits: UInt32 = 0
    for part in parts {
      guard let byte = UInt8(part) else { return nil }
      bits = bits << 8 | UInt32(byte)
    }
    return bits
  }
}
