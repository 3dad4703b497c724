import Diagnosis
import Packets
import TestSupport
import Testing

/// Captures of which nothing, or little, can be read.
@Suite struct UnreadableTests {
  private func connection(port: UInt16 = 50_000, server: UInt16 = 8080, first: [UInt8]) -> Conversation {
    var connection = Conversation(client: .at("10.0.0.2", port), server: .at("10.0.0.10", server))
    connection.handshake()
    connection.send(.clientToServer, bytes: first)
    return connection
  }

  private static let clientHello: [UInt8] = [0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0]
  private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

  @Test("TLS and HTTP/2 alone are warnings", arguments: [("encrypted-traffic", true), ("unsupported-http2", false)])
  func alone(id: String, isTLS: Bool) throws {
    let packets = connection(first: isTLS ? Self.clientHello : Self.preface).recorded
    let finding = try expectOne(FindingID(rawValue: id), .warning, blame: .capture, in: packets)
    #expect(finding.connections == [1])
    #expect(ids(in: packets).count == 1)
  }

  @Test(
    "beside a chat that can be read they are notices",
    arguments: [("encrypted-traffic", true), ("unsupported-http2", false)])
  func beside(id: String, isTLS: Bool) throws {
    var chat = Conversation.chat()
    chat.answer()
    let other = connection(port: 50_001, first: isTLS ? Self.clientHello : Self.preface)
    let packets = (chat.recorded + other.recorded).sortedByTime()
    _ = try expectOne(FindingID(rawValue: id), .notice, blame: .capture, in: packets)
  }

  @Test("TLS that was joined in mid-stream is encrypted too, and no WebSocket")
  func midStream() throws {
    var connection = Conversation()
    connection.send(.clientToServer, bytes: [0x17, 3, 3, 0, 20] + [UInt8](repeating: 7, count: 20))
    connection.send(.serverToClient, bytes: [0x17, 3, 3, 0, 20] + [UInt8](repeating: 9, count: 20))
    #expect(ids(in: connection.recorded).contains("encrypted-traffic"))
  }

  @Test("ordinary HTTP alone is a notice")
  func plainHTTP() throws {
    var page = Conversation()
    page.handshake()
    page.request("GET", "/index.html")
    page.respond(200, body: Array("hello".utf8))
    _ = try expectOne("no-websocket-traffic", .notice, blame: .capture, in: page.recorded)
  }

  @Test("nothing on the followed port is a warning, and names the port of the upgrades")
  func otherPort() throws {
    let packets = connection(server: 3000, first: WebSocketHandshake.request("/ws")).recorded
    let finding = try expectOne("no-websocket-traffic", .warning, blame: .capture, in: packets)
    #expect(finding.remedy.contains("--port 3000"))
  }

  @Test("an empty capture is a warning")
  func empty() {
    #expect(ids(in: []) == ["no-websocket-traffic"])
  }

  @Test("connections that never opened, or say nothing, are not ordinary HTTP")
  func silent() {
    var refused = Conversation()
    refused.refusedSYN()
    var open = Conversation(client: .at("10.0.0.2", 50_001))
    open.handshake()
    #expect(!ids(in: refused.recorded).contains("no-websocket-traffic"))
    #expect(!ids(in: open.recorded).contains("no-websocket-traffic"))
  }
}
