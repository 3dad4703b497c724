import Analysis
import Packets

/// Where the service was reached, and what answered.
extension SeenSettings {
  func places(_ expected: Expectations) -> [Mismatch] {
    var found: [Mismatch] = []
    if let wanted = expected.path, let other = environment.paths.all.first,
      !environment.paths.all.contains(where: { SeenSettings.trimmed($0.value) == SeenSettings.trimmed(wanted) })
    {
      found.append(
        Mismatch(
          setting: "path", expected: wanted, seen: other.value, places: environment.paths.all.map(Mismatch.Place.init),
          blame: .client, words: "No Socket.IO request used the path \(wanted); this one asks for \(other.value)",
          remedy: "Give client and server the same path (option path), and the proxy a location for it."))
    }
    if let wanted = expected.ports, let other = environment.ports.all.first,
      !environment.ports.all.contains(where: { port in wanted.contains { "\($0)" == port.value } })
    {
      let list = wanted.map(String.init).joined(separator: ", ")
      found.append(
        Mismatch(
          setting: "port", expected: list, seen: other.value, places: environment.ports.all.map(Mismatch.Place.init),
          blame: .unknown, words: "No Socket.IO request went to port \(list); this one went to \(other.value)",
          remedy:
            "Correct the client's URL or the published port, or capture that port too: --port \(wanted.first ?? 0)."))
    }
    if expected.proxyKeepsUpgradeHeaders == true, let headers = strippedHeaders { found.append(headers) }
    return found
  }

  private var strippedHeaders: Mismatch? {
    guard !stripped.isEmpty else { return nil }
    return Mismatch(
      setting: "proxyKeepsUpgradeHeaders", expected: "true", seen: "false",
      places: stripped.map { Mismatch.Place(at: $0.request, connection: $0.connection, sid: nil) },
      // What follows from it is an error of its own: upgrade-header-stripped.
      severity: .notice, blame: .proxy,
      words: "A request for transport=websocket reached the server without Upgrade and Connection",
      remedy: """
        In the nginx location:
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection "upgrade";
        """)
  }

  func software(_ expected: Expectations) -> [Mismatch] {
    [
      expected.proxy.flatMap { named("proxy", wanted: $0, environment.proxyNames, .proxy) },
      expected.server.flatMap { named("server", wanted: $0, environment.serverNames, .server) },
    ].compactMap { $0 }
  }

  private func named(_ setting: String, wanted: String, _ seen: [Sighting], _ blame: Blame) -> Mismatch? {
    let wantedName = wanted.lowercased()
    guard let other = seen.first, !seen.contains(where: { $0.value.lowercased().hasPrefix(wantedName) }) else {
      return nil
    }
    return Mismatch(
      setting: setting, expected: wanted, seen: other.value, places: seen.map(Mismatch.Place.init), severity: .notice,
      blame: blame, words: "The answers name \(other.value)",
      remedy:
        "See which \(setting) answers at that address, and whether the deployment that you expect is the one in use.")
  }

  private static func trimmed(_ path: String) -> Substring {
    var path = path[...]
    while path.hasSuffix("/") { path = path.dropLast() }
    return path
  }
}
