import Analysis
import Packets

extension ConnectionPlace {
  /// What the legs of one WebSocket have in common: its key, else its session.
  var webSocket: String { key ?? sid ?? "connection \(connection)" }

  /// Whether the leg ends at the server, as far as the capture shows.
  var isBehindProxy: Bool { leg == .upstream }
}

/// Puts facts together that belong to one cause, in the order in which the causes began; within each the client's leg comes
/// first.
func grouped<Fact>(
  _ facts: [Fact], by cause: (Fact) -> String, place: (Fact) -> ConnectionPlace
) -> [[Fact]] {
  var order: [String] = []
  var groups: [String: [Fact]] = [:]
  for fact in facts {
    let name = cause(fact)
    if groups[name] == nil { order.append(name) }
    groups[name, default: []].append(fact)
  }
  return order.compactMap { name in
    groups[name].map { group in
      group.filter { !place($0).isBehindProxy } + group.filter { place($0).isBehindProxy }
    }
  }
}

/// The connections of some places, each once.
func connections(of places: [ConnectionPlace]) -> [Int] { places.map(\.connection).eachOnce() }

/// What a peer wrote, cut to a length that a sentence can bear.
func quoted(_ text: String, _ length: Int = 120) -> String {
  text.count > length ? "`\(text.prefix(length))…`" : "`\(text)`"
}

/// What the body of an answer says, in a few words: of an HTML page the title, else the first line.
func gist(_ body: String) -> String {
  if body.hasPrefix("<") {
    let title = body.split(separator: "<title>", maxSplits: 1).dropFirst().first
    let words = title.flatMap { $0.split(separator: "</title>", maxSplits: 1).first }
    return words.map { "an HTML page, \(quoted(String($0), 60))" } ?? "an HTML page"
  }
  return quoted(body.split(whereSeparator: \.isNewline).first.map(String.init) ?? "")
}

extension Direction {
  /// The side that sends in this direction.
  var sender: String { self == .clientToServer ? "client" : "server" }
  var senderBlame: Blame { self == .clientToServer ? .client : .server }
}
