import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct HTTP10UpstreamTests {
  /// An upgrade request of a version and its answer.
  private func upgrade(version: String, status: Int) -> Conversation {
    var upgrade = Conversation()
    upgrade.handshake()
    let request = String(
      decoding: WebSocketHandshake.request("/socket.io/?EIO=4&transport=websocket"), as: UTF8.self
    ).replacing("HTTP/1.1", with: "HTTP/\(version)")
    upgrade.send(.clientToServer, bytes: Array(request.utf8))
    if status == 101 {
      upgrade.acceptUpgrade()
      upgrade.open(sid: "abc")
    } else {
      upgrade.respond(status, body: Array("no".utf8))
    }
    return upgrade
  }

  @Test("HTTP/1.0 that works is a notice")
  func works() throws {
    let finding = try expectOne(
      "http10-upstream", .notice, blame: .proxy, in: upgrade(version: "1.0", status: 101).recorded)
    #expect(finding.remedy.contains("proxy_http_version 1.1"))
  }

  @Test("HTTP/1.0 over which an upgrade is refused explains the missing 101")
  func refused() throws {
    let finding = try expectOne(
      "http10-upstream", .warning, blame: .proxy, in: upgrade(version: "1.0", status: 505).recorded)
    #expect(finding.explains == ["missing-101"])
  }

  @Test("HTTP/1.1 is none")
  func modern() {
    #expect(ids(in: upgrade(version: "1.1", status: 101).recorded).isEmpty)
  }

  @Test("other traffic over HTTP/1.0 is nobody's concern")
  func plain() {
    var page = Conversation()
    page.handshake()
    page.send(.clientToServer, bytes: HTTPText.request("GET", "/index.html", version: "1.0"))
    page.respond(200, body: Array("hello".utf8))
    #expect(!ids(in: page.recorded).contains("http10-upstream"))
  }
}
