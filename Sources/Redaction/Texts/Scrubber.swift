import Packets

/// Takes out of a text what identifies people and opens doors, and leaves the rest readable.
///
/// Texts are sentences of findings, header values, targets and lines of logs: short, and not on a hot path.
struct Scrubber: Sendable {
  let marker: Marker
  /// Sessions whose names are known, by their first seven characters, so that shortened ones are found too.
  var sessions: Set<String> = []
  var disguise: AddressDisguise?

  init(_ marker: Marker, disguise: AddressDisguise?) {
    self.marker = marker
    self.disguise = disguise
  }

  mutating func learn(session sid: String) { sessions.insert(String(sid.prefix(Marker.keptCharacters + 1))) }

  /// The text without secrets.
  func text(_ text: String, _ removals: inout Removals) -> String {
    var clean = secrets(in: text, &removals)
    clean = words(of: clean, &removals)
    if disguise != nil { clean = addresses(in: clean, &removals) }
    return clean
  }

  /// A request's target: values of the query that are not Engine.IO's become marks.
  func target(_ target: String, _ removals: inout Removals) -> String {
    guard let question = target.firstIndex(of: "?") else { return text(target, &removals) }
    let query = target[target.index(after: question)...].split(separator: "&", omittingEmptySubsequences: false)
    var parts: [String] = []
    for part in query {
      guard let equals = part.firstIndex(of: "=") else {
        parts.append(text(String(part), &removals))
        continue
      }
      let (name, value) = (String(part[..<equals]), String(part[part.index(after: equals)...]))
      if Words.openParameters.contains(name) {
        parts.append("\(name)=\(text(value, &removals))")
      } else if name == "sid" {
        if value.count > Marker.keptCharacters { removals.count(.identifier) }
        parts.append("sid=\(Shape.shortened(value))")
      } else {
        removals.count(.queryValue)
        parts.append("\(Words.isName(name.utf8Span.span.bytes) ? name : "‹name›")=\(marker.mark(value, "query"))")
      }
    }
    return text(String(target[..<question]), &removals) + "?" + parts.joined(separator: "&")
  }

  // MARK: Secrets with a name before them

  private static let schemes: Set<String> = ["bearer", "basic", "digest"]

  /// `Bearer …`, `password=…`, `token: …`: the word after a secret's name.
  private func secrets(in text: String, _ removals: inout Removals) -> String {
    var clean = ""
    var rest = Substring(text)
    while !rest.isEmpty {
      let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
      if word.isEmpty {
        clean.append(rest.removeFirst())
        continue
      }
      rest = rest[word.endIndex...]
      clean += word
      let isScheme = Scrubber.schemes.contains(word.lowercased())
      guard isScheme || Words.isSecret(word) else { continue }
      var between = rest.prefix { $0 == " " }
      if !isScheme {
        guard let sign = rest.drop(while: { $0 == " " || $0 == "\"" || $0 == "'" }).first, sign == "=" || sign == ":"
        else { continue }
        between = rest.prefix { $0 == " " || $0 == "\"" || $0 == "'" || $0 == "=" || $0 == ":" }
      }
      // `Authorization: Bearer …`: the scheme stays, and the word after it goes.
      let following = rest[between.endIndex...].prefix { $0.isLetter }
      if !isScheme, Scrubber.schemes.contains(following.lowercased()) { continue }
      let value = rest[between.endIndex...].prefix { !$0.isWhitespace && !"&;,\"'})".contains($0) }
      guard !between.isEmpty, value.count >= (isScheme ? 8 : 1), !["‹", "("].contains(value.first) else { continue }
      removals.count(.credential)
      clean += between + marker.mark(value, "secret")
      rest = rest[value.endIndex...]
    }
    return clean
  }

  // MARK: Words that tell by themselves

  /// E-mail addresses become marks; identifiers keep six characters.
  private func words(of text: String, _ removals: inout Removals) -> String {
    var clean = ""
    var rest = Substring(text)
    while !rest.isEmpty {
      let word = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "_-.@+%".contains($0)) || $0.isLetter }
      if word.isEmpty {
        clean.append(rest.removeFirst())
        continue
      }
      rest = rest[word.endIndex...]
      if let at = word.firstIndex(of: "@"), at != word.startIndex, word[at...].contains(".") {
        removals.count(.mailAddress)
        clean += marker.mark(word, "e-mail")
      } else {
        clean += identifiers(in: word, &removals)
        // What was shortened before, and now more: one ellipsis says so.
        if clean.last == "…", rest.first == "…" { rest.removeFirst() }
      }
    }
    return clean
  }

  private func identifiers(in word: Substring, _ removals: inout Removals) -> String {
    var clean = ""
    for part in word.split(separator: ".", omittingEmptySubsequences: false) {
      if !clean.isEmpty || part.startIndex != word.startIndex { clean += "." }
      let isSession = sessions.contains(String(part.prefix(Marker.keptCharacters + 1)))
      guard isSession || Words.isIdentifier(part.utf8Span.span.bytes) else {
        clean += part
        continue
      }
      removals.count(.identifier)
      clean += Shape.shortened(String(part))
    }
    return clean
  }

  // MARK: Network addresses

  private func addresses(in text: String, _ removals: inout Removals) -> String {
    guard let disguise else { return text }
    var clean = ""
    var rest = Substring(text)
    while !rest.isEmpty {
      let word = rest.prefix { $0.isHexDigit || $0 == "." || $0 == ":" }
      if word.isEmpty {
        clean.append(rest.removeFirst())
        continue
      }
      rest = rest[word.endIndex...]
      clean += address(in: word, disguise, &removals)
    }
    return clean
  }

  /// The address that a word is, or begins with before a port or a full stop.
  private func address(in word: Substring, _ disguise: AddressDisguise, _ removals: inout Removals) -> String {
    var candidate = word
    var tail = Substring()
    while let last = candidate.last, last == "." || last == ":" {
      tail = word[candidate.index(before: candidate.endIndex)...]
      candidate = candidate.dropLast()
    }
    if let address = IPAddress(candidate) {
      removals.count(.address)
      return "\(disguise.disguise(address))\(tail)"
    }
    if candidate.contains("."), let colon = candidate.lastIndex(of: ":"), let address = IPAddress(candidate[..<colon]) {
      removals.count(.address)
      return "\(disguise.disguise(address))\(candidate[colon...])\(tail)"
    }
    return String(word)
  }
}
