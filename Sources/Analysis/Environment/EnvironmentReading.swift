/// What the sightings mean.
extension EnvironmentFacts {
  /// Browsers with their versions, each once.
  package var browsers: [String] { distinct { $0.browser } }

  /// The operating systems that browsers name.
  package var operatingSystems: [String] { distinct { $0.operatingSystem } }

  /// The clients' libraries; those that only a revision tells of are named where there is no other.
  package var clientNames: [String] {
    let all = clientLibraries.all.map(\.value)
    let known = all.filter { !$0.hasPrefix(ClientLibrary.anonymous) }
    return known.isEmpty ? all : known
  }

  /// What answered for the application: the server's own name behind a proxy, or where nothing that is a proxy answered.
  package var serverNames: [Sighting] { servers.all.filter { !isProxy($0) } + frameworks.all }

  /// What passed sessions on.
  package var proxyNames: [Sighting] { servers.all.filter(isProxy) + vias.all }

  private func distinct(_ part: (UserAgent) -> String?) -> [String] {
    var names: [String] = []
    for agent in userAgents.all {
      if let name = part(UserAgent(agent.value)), !names.contains(name) { names.append(name) }
    }
    return names
  }

  /// Servers that pass Socket.IO and WebSockets on, and cannot be their end.
  private static let proxies = [
    "nginx", "openresty", "tengine", "apache", "envoy", "istio-envoy", "cloudflare", "awselb", "caddy", "varnish",
    "haproxy", "traefik", "akamaighost", "cloudfront", "ats", "litespeed", "google frontend", "gws", "microsoft-iis",
    "fly",
  ]

  private func isProxy(_ sighting: Sighting) -> Bool {
    guard hasOpenings, sighting.leg != .upstream else { return false }
    let name = sighting.value.lowercased()
    return Self.proxies.contains { proxy in
      guard name.hasPrefix(proxy) else { return false }
      return name.utf8.count == proxy.utf8.count || "/ (".contains(name.dropFirst(proxy.count).first ?? " ")
    }
  }
}
