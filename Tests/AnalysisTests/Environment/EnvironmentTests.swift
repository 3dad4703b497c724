import Analysis
import Packets
import TestSupport
import Testing

@Suite struct EnvironmentTests {
  private func facts(_ packets: [RecordedPacket]) throws -> EnvironmentFacts {
    try #require(Trace(packets).facts).environment
  }

  private func opening(_ query: String, agent: String?) throws -> EnvironmentFacts {
    var chat = Conversation()
    chat.handshake()
    chat.request("GET", "/socket.io/?\(query)", fields: agent.map { [("User-Agent", $0)] } ?? [])
    chat.respond(200)
    return try facts(chat.recorded)
  }

  static let chrome =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"

  @Test(
    "browsers and systems",
    arguments: [
      (chrome, "Chrome 156", "Linux x86_64"),
      (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0",
        "Edge 120", "Windows 10 or 11"
      ),
      (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Safari/605.1.15",
        "Safari 17.1", "macOS"
      ),
      (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/120.0.6099.50 Mobile/15E148 Safari/604.1",
        "Chrome 120", "iOS 17.1"
      ),
      ("Mozilla/5.0 (Android 14; Mobile; rv:121.0) Gecko/121.0 Firefox/121.0", "Firefox 121", "Android 14"),
    ])
  func browsers(agent: String, browser: String, system: String) throws {
    let facts = try opening("EIO=4&transport=polling", agent: agent)
    #expect(facts.browsers == [browser])
    #expect(facts.operatingSystems == [system])
  }

  @Test("a program is no browser")
  func program() throws {
    let facts = try opening("EIO=4&transport=polling", agent: "curl/7.88.1")
    #expect(facts.browsers.isEmpty && facts.operatingSystems.isEmpty)
    #expect(facts.clientLibraries.all.map(\.value) == ["curl/7.88.1 (Engine.IO 4)"])
  }

  @Test(
    "the cache buster tells the client",
    arguments: [
      ("EIO=4&transport=polling&t=fj9yk9m8", chrome, "socket.io-client 4 for JavaScript (Engine.IO 4)"),
      ("EIO=4&transport=polling&t=OsVzOnF", chrome, "socket.io-client 3 or 4 for JavaScript (Engine.IO 4)"),
      ("EIO=3&transport=polling&t=OsVzOnF.0", chrome, "socket.io-client 1 or 2 for JavaScript (Engine.IO 3)"),
      ("EIO=3&transport=polling&t=1447000000000-0", chrome, "socket.io-client 1 for JavaScript (Engine.IO 3)"),
      ("EIO=4&transport=polling&t=1763855077.39", "", "python-socketio (Engine.IO 4)"),
      ("EIO=4&transport=polling&t=OsVzOnF", "okhttp/4.9.3", "okhttp/4.9.3 (Engine.IO 4)"),
      ("EIO=4&transport=polling", chrome, "a client of Engine.IO 4"),
    ])
  func libraries(query: String, agent: String, name: String) throws {
    let facts = try opening(query, agent: agent.isEmpty ? nil : agent)
    #expect(facts.clientLibraries.all.map(\.value) == [name])
  }

  @Test("nginx before a session is its proxy; the upstream leg names the server")
  func proxied() throws {
    var chat = ProxiedConversation()
    chat.handshake()
    let key = WebSocketKey.example
    chat.send(
      .clientToServer, bytes: WebSocketHandshake.request("/socket.io/?EIO=4&transport=websocket", key: key))
    chat.wait(.zero)
    let fields: HTTPText.Fields = [
      ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", key.accept),
    ]
    chat.upstream.respond(101, fields: fields + [("Server", "uvicorn")])
    chat.wait(.milliseconds(1))
    chat.client.respond(101, fields: fields + [("Server", "nginx/1.22.1")])
    let facts = try facts(chat.recorded)
    #expect(facts.proxyNames.map(\.value) == ["nginx/1.22.1"])
    #expect(facts.serverNames.map(\.value) == ["uvicorn"])
    #expect(facts.capturePoint == .proxy)
  }

  @Test("nginx that only serves files is a server")
  func files() throws {
    var page = Conversation()
    page.handshake()
    page.request("GET", "/index.html")
    page.respond(200, fields: [("Server", "nginx/1.22.1")])
    let facts = try facts(page.recorded)
    #expect(facts.proxyNames.isEmpty)
    #expect(facts.serverNames.map(\.value) == ["nginx/1.22.1"])
  }

  @Test("a peer that makes up names takes no memory, and says how many were left out")
  func bounded() throws {
    var packets: [RecordedPacket] = []
    for index in 0..<100 {
      var chat = Conversation(
        client: .at("10.0.0.2", UInt16(50_000 + index)), start: Conversation.defaultStart + .seconds(Double(index)))
      chat.handshake()
      chat.request(
        "GET", "/socket.io/?EIO=4&transport=polling",
        fields: [("User-Agent", "agent-\(index)" + String(repeating: "x", count: 1000))])
      packets += chat.recorded
    }
    let agents = try facts(packets).userAgents
    #expect(agents.all.count == 32)
    #expect(agents.leftOut == 68)
    #expect(agents.all.allSatisfy { $0.value.count == 256 })
  }
}
