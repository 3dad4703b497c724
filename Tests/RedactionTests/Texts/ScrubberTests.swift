import Packets
import Testing

@testable import Redaction

struct ScrubberTests {
  @Test(
    "secrets leave no trace in a text",
    arguments: [
      ("mail bob@example.com about it", "bob"), ("Authorization: Bearer abcdefghijk", "abcdefghijk"),
      ("password=hunter2&x=1", "hunter2"), (#"{"api_key": "k-12345"}"#, "k-12345"),
      ("token: eyJhbGciOi.eyJzdWIi.SflKxw", "eyJhbGciOi"), ("session F40LiPW3kwE183gaZ2ed ended", "F40LiPW3"),
      ("Cookie: a=b; c=d", "a=b"), ("id 550e8400-e29b-41d4-a716-446655440000", "e29b"),
    ])
  func secrets(text: String, secret: String) {
    var removals = Removals()
    let clean = Scrubber(Marker(), disguise: nil).text(text, &removals)
    #expect(!clean.contains(secret))
    #expect(!removals.list.isEmpty)
  }

  @Test(
    "what names no one stays as it is",
    arguments: [
      "proxy_set_header Upgrade    $http_upgrade;", "ip.addr == 10.77.110.2 && frame.number >= 411",
      "From packet 530, 7.258 s, to packet 571 no `token` came", "2026-11-22T10:04:15.505841Z", "a @ b",
      "missing-101-no-upgrade-headers.pcap", "so the session stays on long-polling",
    ])
  func harmless(text: String) {
    var removals = Removals()
    #expect(Scrubber(Marker(), disguise: nil).text(text, &removals) == text)
    #expect(removals == Removals())
  }

  @Test("a query keeps Engine.IO's own parameters")
  func target() {
    var removals = Removals()
    let clean = Scrubber(Marker(), disguise: nil).target(
      "/socket.io/?EIO=4&transport=polling&t=abc&sid=F40LiPW3kwE1&token=s3cr3t", &removals)
    #expect(clean.hasPrefix("/socket.io/?EIO=4&transport=polling&t=abc&sid=F40LiP…&token=‹query "))
    #expect(!clean.contains("s3cr3t"))
  }

  @Test("a session that is known is shortened wherever its beginning stands")
  func sessions() {
    var scrubber = Scrubber(Marker(), disguise: nil)
    scrubber.learn(session: "abcdefghijkl")
    var removals = Removals()
    #expect(scrubber.text("session abcdefgh… and abcdefghijkl", &removals) == "session abcdef… and abcdef…")
  }

  @Test("the same secret has the same mark with the same key, and another with another")
  func keys() {
    let key = [UInt8](repeating: 7, count: 32)
    #expect(Marker(key: key).mark("a", "x") == Marker(key: key).mark("a", "x"))
    #expect(Marker(key: key).mark("a", "x") != Marker(key: key).mark("b", "x"))
    #expect(Marker().mark("a", "x") != Marker().mark("a", "x"))
  }

  @Test("addresses are replaced on request, ports and full stops kept")
  func addresses() {
    let disguise = AddressDisguise(Marker(key: [UInt8](repeating: 1, count: 16)))
    var removals = Removals()
    let clean = Scrubber(Marker(), disguise: disguise).text(
      "10.0.0.7:8080 asked [fe80::1]:443 and 127.0.0.1, not 10.0.0.7.", &removals)
    #expect(!clean.contains("10.0.0.7"))
    #expect(!clean.contains("fe80"))
    #expect(clean.contains("127.0.0.1"))
    #expect(clean.contains(":8080 asked ["))
    #expect(clean.hasSuffix("."))
  }
}
