/// What a handshake agreed on for permessage-deflate (RFC 7692 section 7.1).
///
/// "client_" parameters govern what the client compresses, that is, client-to-server data; "server_" the other way.
package struct DeflateParameters: Equatable, Sendable {
  /// Whether the server forgets its window after each message.
  package var serverNoContextTakeover = false
  /// Whether the client forgets its window after each message.
  package var clientNoContextTakeover = false
  /// The base-2 logarithm of the server's window, 8 to 15.
  package var serverMaxWindowBits: UInt8 = 15
  /// The base-2 logarithm of the client's window, 8 to 15.
  package var clientMaxWindowBits: UInt8 = 15
  /// Whether the answer keeps to RFC 7692: no unknown or repeated parameter and no value out of range.
  ///
  /// "A client MUST fail the WebSocket connection if the peer server accepted an extension negotiation offer …
  /// using parameters that are unsuitable".
  package var isConformant = true

  /// The defaults: full windows, kept from message to message.
  package init() {}

  /// Reads the `Sec-WebSocket-Extensions` of an answer; `nil` where permessage-deflate is not in it.
  ///
  /// Its grammar is that of RFC 6455 section 9.1: a value may be a token or quoted, parameters come in any order.
  /// What is wrong with a parameter shows in `isConformant`, and its default stands.
  package init?(answer text: some StringProtocol) {
    let accepted = text.split(separator: ",").map { $0.split(separator: ";", omittingEmptySubsequences: false) }
    guard let parts = accepted.first(where: { trimmed($0[0]).lowercased() == "permessage-deflate" }) else { return nil }
    var seen: Set<String> = []
    for part in parts.dropFirst() {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = trimmed(pair[0]).lowercased()
      let value = pair.count == 2 ? unquoted(trimmed(pair[1])) : nil
      if !seen.insert(name).inserted || !set(name, to: value) { isConformant = false }
    }
  }

  /// Sets a parameter; false where there is no such one or not with this value.
  private mutating func set(_ name: String, to value: String?) -> Bool {
    switch (name, value) {
    case ("server_no_context_takeover", nil): serverNoContextTakeover = true
    case ("client_no_context_takeover", nil): clientNoContextTakeover = true
    case ("server_max_window_bits", let value?):
      guard let bits = windowBits(value) else { return false }
      serverMaxWindowBits = bits
    case ("client_max_window_bits", let value?):
      guard let bits = windowBits(value) else { return false }
      clientMaxWindowBits = bits
    default: return false
    }
    return true
  }
}

/// The value of a window parameter: "a decimal integer value without leading zeroes between 8 to 15, inclusive".
private func windowBits(_ text: String) -> UInt8? {
  guard let first = text.utf8.first, first != UInt8(ascii: "0"), first != UInt8(ascii: "+"), let bits = UInt8(text),
    (8...15).contains(bits)
  else { return nil }
  return bits
}

/// The text without the spaces and tabs around it.
private func trimmed(_ text: some StringProtocol) -> String {
  let isBlank = { (character: Character) in character == " " || character == "\t" }
  return String(String(text.drop(while: isBlank).reversed()).drop(while: isBlank).reversed())
}

/// The content of a quoted-string, its backslashes taken out; another text as it is.
private func unquoted(_ text: String) -> String {
  guard text.utf8.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
  return text.dropFirst().dropLast().filter { $0 != "\\" }
}
