import Crypto

/// The proof that a server has understood a WebSocket handshake (RFC 6455 section 4.2.2, point 5.4).
package enum AcceptKey {
  private static let identifier = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

  /// The Sec-WebSocket-Accept value that answers a Sec-WebSocket-Key, whether or not the key is valid.
  package static func value(for key: String) -> String {
    var hash = Insecure.SHA1()
    hash.update(data: Array(key.utf8))
    hash.update(data: Array(identifier.utf8))
    return base64(Array(hash.finalize()))
  }

  /// Whether a key is "a base64-encoded value that, when decoded, is 16 bytes in length" (section 4.2.1, point 5).
  package static func isValid(key: String) -> Bool {
    let characters = Array(key.utf8)
    return characters.count == 24 && characters.hasSuffix("==") && characters.dropLast(2).allSatisfy(alphabet.contains)
  }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  private static func base64(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
      for index in 0...group.count { text.append(alphabet[Int(bits >> UInt32(18 - 6 * index) & 63)]) }
      for _ in group.count..<3 { text.append(Octet.equals) }
    }
    return String(decoding: text, as: UTF8.self)
  }
}

extension [UInt8] {
  fileprivate func hasSuffix(_ text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}
