/// What a browser's User-Agent tells (RFC 9110 section 10.1.5).
///
/// Browsers name each other for compatibility, so that the order in which names are looked for matters.
struct UserAgent {
  /// `Chrome 156`; `nil` for what is no browser.
  let browser: String?
  /// `Linux x86_64`, `macOS`, `Android 14`.
  let operatingSystem: String?

  private static let browsers: [(mark: String, name: String)] = [
    ("Edg/", "Edge"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"), ("Firefox/", "Firefox"), ("CriOS/", "Chrome"), ("HeadlessChrome/", "Chrome (headless)"),
    ("Electron/", "Electron"), ("Chrome/", "Chrome"),
  ]

  init(_ text: String) {
    guard text.hasPrefix("Mozilla/") else {
      (browser, operatingSystem) = (nil, nil)
      return
    }
    browser = Self.browser(text)
    operatingSystem = Self.operatingSystem(text)
  }

  private static func browser(_ text: String) -> String? {
    for (mark, name) in browsers {
      if let version = word(after: mark, in: text) { return "\(name) \(Self.short(version))" }
    }
    guard text.contains("Safari/"), let version = word(after: "Version/", in: text) else { return nil }
    return "Safari \(version)"
  }

  private static func operatingSystem(_ text: String) -> String? {
    guard let open = text.firstIndex(of: "("), let close = text[open...].firstIndex(of: ")") else { return nil }
    let comment = String(text[text.index(after: open)..<close])
    if let version = word(after: "Android ", in: comment) { return "Android \(version)" }
    if comment.contains("like Mac OS X") {
      return word(after: " OS ", in: comment).map { "iOS \($0.replacing("_", with: "."))" } ?? "iOS"
    }
    // Browsers have frozen the version here: 10_15_7 and NT 10.0 stand for all that came later.
    if comment.contains("Mac OS X") { return "macOS" }
    if let version = word(after: "Windows NT ", in: comment) {
      return version == "10.0" ? "Windows 10 or 11" : "Windows NT \(version)"
    }
    if comment.contains("CrOS") { return "ChromeOS" }
    guard comment.contains("Linux") else { return nil }
    return word(after: "Linux ", in: comment).map { "Linux \($0)" } ?? "Linux"
  }

  /// What stands after a mark, up to a blank, semicolon or bracket.
  private static func word(after mark: String, in text: String) -> String? {
    guard let found = text.firstRange(of: mark) else { return nil }
    let word = text[found.upperBound...].prefix { !" ;)".contains($0) }
    return word.isEmpty ? nil : String(word)
  }

  /// The first part of a version: the others of Chrome's are always 0.
  private static func short(_ version: String) -> Substring { version.prefix { $0 != "." } }
}
