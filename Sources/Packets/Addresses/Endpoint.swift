/// An address and a TCP port.
package struct Endpoint: BitwiseCopyable, Hashable, Sendable {
  package var address: IPAddress
  package var port: UInt16

  @inlinable
  package init(address: IPAddress, port: UInt16) {
    self.address = address
    self.port = port
  }

  /// Reads an endpoint from its text, `10.0.0.1:8080` or `[::1]:8080`; `nil` where the text is none.
  ///
  /// The port is decimal without sign or leading zeros.
  package init?(_ text: some StringProtocol) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]),
      String(port) == text[text.index(after: colon)...]
    else { return nil }
    var host = text[..<colon]
    let isBracketed = host.first == "[" && host.last == "]"
    if isBracketed { host = host.dropFirst().dropLast() }
    // RFC 3986 section 3.2.2: brackets, and only they, enclose the form with colons.
    guard isBracketed == host.contains(":"), let address = IPAddress(host) else { return nil }
    self.init(address: address, port: port)
  }
}

extension Endpoint: CustomStringConvertible {
  /// The endpoint as text: `10.0.0.1:8080`, `[::1]:8080` (RFC 5952 section 6).
  package var description: String { address.isIPv4 ? "\(address):\(port)" : "[\(address)]:\(port)" }
}
