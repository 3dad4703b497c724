import Bytes

/// What single words give away.
enum Words {
  /// Whether a name may stand as it is: it looks like one that a programmer chose.
  static func isName(_ name: RawSpan) -> Bool {
    guard !name.isEmpty, name.byteCount <= 40 else { return false }
    var digits = 0
    for index in 0..<name.byteCount {
      switch name.byte(at: index) {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
        UInt8(ascii: "-"), UInt8(ascii: "$"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: " "):
        break
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
      default: return false
      }
    }
    // Numbers as names are keys of records: accounts, telephones, users.
    return digits <= 3 && !isIdentifier(name)
  }

  /// Whether a word is an identifier that a program made up: long, with digits between letters.
  static func isIdentifier(_ word: RawSpan) -> Bool {
    guard word.byteCount >= 20 else { return false }
    var changes = 0
    var previous: Bool?
    for index in 0..<word.byteCount {
      let isDigit: Bool? =
        switch word.byte(at: index) {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): false
        default: nil
        }
      if let isDigit, let previous, isDigit != previous { changes += 1 }
      previous = isDigit
    }
    return changes >= 2
  }

  /// Whether a byte may be part of an identifier.
  static func isIdentifierPart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// Whether a name is that of a secret: of a header, a parameter or a setting.
  static func isSecret(_ name: some StringProtocol) -> Bool {
    let name = name.utf8.map { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 ? $0 | 0x20 : $0 }
    if name.starts(with: "sec-websocket".utf8) { return false }
    return name.indices.contains { start in secretParts.contains { name[start...].starts(with: $0) } }
  }

  private static let secretParts: [[UInt8]] = [
    "token", "passw", "pwd", "secret", "auth", "api-key", "apikey", "api_key", "session", "cookie", "csrf", "xsrf",
    "credential", "signature", "jwt",
  ].map { Array($0.utf8) }

  /// The Engine.IO parameters of a request's query that are no secret.
  static let openParameters: Set<String> = ["EIO", "transport", "t", "j", "b64"]
}
