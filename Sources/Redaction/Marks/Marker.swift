import Crypto

/// Replaces secrets by short marks: the same secret has the same mark, and nothing leads back.
///
/// A mark is the beginning of an HMAC-SHA-256 (RFC 2104). The key is drawn for each report and not kept, so that nobody
/// can try out likely secrets; a key that is given makes the marks of several reports comparable.
package struct Marker: Sendable {
  private let key: SymmetricKey

  /// Bytes of a key file that are read: more tell no more.
  package static let longestKey = 4096

  /// A marker with a key of its own.
  package init() { key = SymmetricKey(size: .bits256) }

  /// A marker with the key that a person keeps.
  package init(key: [UInt8]) { self.key = SymmetricKey(data: key) }

  /// A mark in the place of a secret: `‹cookie 3fa9c1d2›`.
  func mark(_ secret: some StringProtocol, _ name: String) -> String {
    let digits = code(Array(secret.utf8)).prefix(4).map { hexadecimal($0) }.joined()
    return "‹\(name) \(digits)›"
  }

  /// An identifier that keeps its first six characters and its length; the rest is made up, the same for the same one.
  func disguise(_ identifier: [UInt8]) -> [UInt8] {
    guard identifier.count > Marker.keptCharacters else { return identifier }
    var disguised = Array(identifier.prefix(Marker.keptCharacters))
    var block = code(identifier)
    while disguised.count < identifier.count {
      for byte in block where disguised.count < identifier.count {
        disguised.append(Marker.alphabet[Int(byte) % Marker.alphabet.count])
      }
      block = code(block)
    }
    return disguised
  }

  /// A number from 0 to below a limit that stands for bytes.
  func number(for bytes: [UInt8], below limit: UInt64) -> UInt64 {
    code(bytes).prefix(8).reduce(0) { $0 << 8 | UInt64($1) } % limit
  }

  /// Characters of an identifier that stay, so that two of them can be told apart and found in a server's log.
  static let keptCharacters = 6

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

  private func code(_ bytes: [UInt8]) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key))
  }

  private func hexadecimal(_ byte: UInt8) -> String {
    let text = String(byte, radix: 16)
    return text.count < 2 ? "0" + text : text
  }
}
