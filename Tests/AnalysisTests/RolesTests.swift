import Analysis
import Packets
import Streams
import TestSupport
import Testing

/// Who is client and server where no handshake was captured and every port is followed.
@Suite struct RolesTests {
  private func trace(_ conversation: Conversation) throws -> ConnectionSummary {
    var options = AnalysisOptions()
    options.ports = .any
    return try #require(Trace(conversation.recorded, options: options).connections.first)
  }

  @Test("the side that sends unmasked frames is the server, whoever spoke first", arguments: Direction.allCases)
  func frames(first: Direction) throws {
    var chat = Conversation(client: .at("10.0.0.2", 40_000), server: .at("10.0.0.10", 41_000))
    chat.send(first, text: "a first message")
    chat.send(first.reversed, text: "a second message")
    chat.send(first, text: "a third message")
    let connection = try trace(chat)
    #expect(connection.client == chat.client)
    #expect(connection.server == chat.server)
    #expect(connection.rolesInferred)
    let messages = try #require(connection.webSocket).messages
    #expect(messages[first].text == 2)
    #expect(messages[first.reversed].text == 1)
  }

  @Test("the side that sends a request is the client, the one that answers the server", arguments: Direction.allCases)
  func http(first: Direction) throws {
    var chat = Conversation(client: .at("10.0.0.2", 40_000), server: .at("10.0.0.10", 41_000))
    if first == .clientToServer { chat.request("GET", "/a") }
    chat.respond(200, body: Array("hello".utf8))
    chat.request("GET", "/b")
    chat.respond(200, body: Array("hello".utf8))
    let connection = try trace(chat)
    #expect(connection.client == chat.client)
    #expect(connection.requests.last?.target == "/b")
  }

  @Test("a handshake is not overruled by what the bytes look like")
  func handshake() throws {
    var chat = Conversation(client: .at("10.0.0.2", 40_000), server: .at("10.0.0.10", 41_000))
    chat.handshake()
    chat.respond(200, body: Array("hello".utf8))
    let connection = try trace(chat)
    #expect(connection.client == chat.client)
    #expect(!connection.rolesInferred)
  }

  @Test("the client that a PROXY protocol header names is known")
  func proxyProtocol() throws {
    var chat = Conversation()
    chat.handshake()
    chat.send(.clientToServer, bytes: Array("PROXY TCP4 192.0.2.7 10.0.0.10 5555 80\r\n".utf8))
    chat.upgrade()
    chat.open(sid: "abc")
    let connection = try #require(Trace(chat.recorded).connections.first)
    #expect(connection.proxiedClient == .at("192.0.2.7", 5555))
    #expect(connection.webSocket?.upgradedAt != nil)
  }
}
