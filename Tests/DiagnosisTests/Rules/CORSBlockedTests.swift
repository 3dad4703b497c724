import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct CORSBlockedTests {
  /// A polling handshake from a page, with what its answer allows, and whether the session is used after.
  private func polls(
    origin: String? = "http://page.example", allowed: String?, uses: Bool = false, host: String? = nil
  ) -> Conversation {
    var polls = Conversation()
    polls.handshake()
    var fields: HTTPText.Fields = origin.map { [("Origin", $0)] } ?? []
    if let host { fields.append(("X-Forwarded-Host", host)) }
    polls.request("GET", "/socket.io/?EIO=4&transport=polling", fields: fields)
    let open = SocketIOText.open(sid: "abc", upgrades: ["websocket"])
    polls.respond(
      200, fields: allowed.map { [("Access-Control-Allow-Origin", $0)] } ?? [], body: SocketIOText.payload([open]))
    if uses { polls.post(sid: "abc", [SocketIOText.connect()]) }
    return polls
  }

  @Test(
    "an answer without the header, or for another origin, to a page that never uses it",
    arguments: [nil, "https://chat.example"])
  func fires(allowed: String?) throws {
    let finding = try expectOne("cors-blocked", .error, blame: .server, in: polls(allowed: allowed).recorded)
    #expect(finding.word("origin") == "http://page.example")
    #expect(finding.word("allowed") == allowed ?? "")
    #expect(finding.remedy.contains("http://page.example"))
  }

  @Test("a preflight request without the header")
  func preflight() throws {
    var polls = Conversation()
    polls.handshake()
    polls.request(
      "OPTIONS", "/socket.io/?EIO=4&transport=polling",
      fields: [("Origin", "http://page.example"), ("Access-Control-Request-Method", "GET")])
    polls.respond(204)
    let finding = try expectOne("cors-blocked", .error, blame: .server, in: polls.recorded)
    #expect(finding.measure("status") == 204)
  }

  @Test("answers that allow the page, requests of its own origin, and sessions that are used are fine")
  func nearMisses() {
    for polls in [
      polls(allowed: "*"), polls(allowed: "http://page.example"), polls(origin: nil, allowed: nil),
      polls(origin: "http://chat.example:8080", allowed: nil), polls(allowed: nil, uses: true),
      polls(allowed: nil, host: "page.example"),
    ] {
      #expect(!ids(in: polls.recorded).contains("cors-blocked"))
    }
  }
}
