/// One extension of a Sec-WebSocket-Extensions field, offered or accepted (RFC 6455 section 9.1).
package struct ExtensionOffer: Equatable, Sendable {
  /// The extension's name as it was sent.
  package var name: String
  /// The parameters in the order of the wire, repeated ones included.
  package var parameters: [Parameter]

  package init(name: String, parameters: [Parameter] = []) {
    self.name = name
    self.parameters = parameters
  }

  /// `extension-param = token [ "=" (token / quoted-string) ]`.
  package struct Parameter: Equatable, Sendable {
    package var name: String
    /// The value with quotes and backslashes undone; `nil` where there is no `=`.
    package var value: String?
    /// Whether the value was sent as a quoted string.
    package var isQuoted: Bool

    package init(name: String, value: String? = nil, isQuoted: Bool = false) {
      self.name = name
      self.value = value
      self.isQuoted = isQuoted
    }
  }

  /// Reads one element of the list: a name and its parameters; `nil` where it breaks the grammar.
  package init?(parsing text: String) {
    let parts = HeaderFields.split(text, at: Octet.semicolon, keepsEmpty: true)
    guard let name = parts.first, Self.isToken(name) else { return nil }
    var parameters: [Parameter] = []
    for part in parts.dropFirst() {
      guard let parameter = Parameter(parsing: part) else { return nil }
      parameters.append(parameter)
    }
    self.init(name: name, parameters: parameters)
  }

  /// The parameters of a name, which is compared without regard to case.
  package func parameters(named name: String) -> [Parameter] {
    parameters.filter { $0.name.lowercased() == name }
  }

  fileprivate static func isToken(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy(Octet.isToken)
  }
}

extension ExtensionOffer.Parameter {
  /// "When using the quoted-string syntax variant, the value after quoted-string unescaping MUST conform to the 'token'
  /// ABNF" (RFC 6455 section 9.1).
  fileprivate init?(parsing text: String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = Self.trimmed(parts[0])
    guard ExtensionOffer.isToken(name) else { return nil }
    guard parts.count > 1 else {
      self.init(name: name)
      return
    }
    var value = Self.trimmed(parts[1])
    let isQuoted = value.utf8.first == Octet.quote
    if isQuoted {
      guard let unquoted = Self.unquoted(value) else { return nil }
      value = unquoted
    }
    guard ExtensionOffer.isToken(value) else { return nil }
    self.init(name: name, value: value, isQuoted: isQuoted)
  }

  private static func trimmed(_ text: Substring) -> String {
    let bytes = Array(text.utf8)
    return String(decoding: bytes[bytes.span.bytes.trimmed(0..<bytes.count)], as: UTF8.self)
  }

  /// The text of a quoted string (RFC 9110 section 5.6.4); `nil` where it does not end with its closing quote.
  private static func unquoted(_ text: String) -> String? {
    var bytes: [UInt8] = []
    var isEscaped = false
    var isClosed = false
    for byte in text.utf8.dropFirst() {
      if isClosed { return nil }
      if isEscaped {
        bytes.append(byte)
        isEscaped = false
      } else if byte == Octet.backslash {
        isEscaped = true
      } else if byte == Octet.quote {
        isClosed = true
      } else {
        bytes.append(byte)
      }
    }
    return isClosed ? String(decoding: bytes, as: UTF8.self) : nil
  }
}

extension HeaderFields {
  /// The extensions of all Sec-WebSocket-Extensions lines, and the elements that break the grammar.
  package func extensionOffers() -> (offers: [ExtensionOffer], malformed: [String]) {
    var offers: [ExtensionOffer] = []
    var malformed: [String] = []
    for element in elements("sec-websocket-extensions") {
      if let offer = ExtensionOffer(parsing: element) { offers.append(offer) } else { malformed.append(element) }
    }
    return (offers, malformed)
  }
}
