import Testing

@testable import Redaction

struct PacketTextTests {
  @Test(
    "type, namespace and ack id are the head; the rest is JSON",
    arguments: [
      (#"42["token","a"]"#, "42", #"["token","a"]"#), (#"42/admin,7["x"]"#, "42/admin,7", #"["x"]"#),
      (#"451-["file",{}]"#, "451-", #"["file",{}]"#), (#"430[{"ok":true}]"#, "430", #"[{"ok":true}]"#),
      ("2probe", "2probe", ""), ("3", "3", ""), ("6", "6", ""), (#"0{"sid":"a"}"#, "0", #"{"sid":"a"}"#),
      ("4hello", "4", "hello"), ("40/admin,", "40/admin,", ""), (#"44{"message":"no"}"#, "44", #"{"message":"no"}"#),
    ])
  func parts(packet: String, head: String, body: String) {
    let bytes = Array(packet.utf8)
    let parts = PacketText(bytes, in: bytes.indices, isFromClient: true)
    #expect(String(decoding: bytes[parts.head], as: UTF8.self) == head)
    #expect(String(decoding: bytes[parts.body], as: UTF8.self) == body)
    #expect(parts.isKnown)
  }

  @Test("a namespace's query is found")
  func query() {
    let bytes = Array("40/admin?token=abc,".utf8)
    let parts = PacketText(bytes, in: bytes.indices, isFromClient: true)
    #expect(String(decoding: bytes[parts.query], as: UTF8.self) == "token=abc")
    #expect(parts.content == .credentials)
  }

  @Test("what is no packet is no head", arguments: ["", "x", "hello", "9", "{}"])
  func unknown(text: String) {
    let bytes = Array(text.utf8)
    #expect(!PacketText(bytes, in: bytes.indices, isFromClient: true).isKnown)
  }
}
