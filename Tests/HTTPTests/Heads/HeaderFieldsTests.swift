import Bytes
import HTTP
import Testing

@Suite struct HeaderFieldsTests {
  private func fields(_ text: String) -> HeaderFields { HeaderFields(parsing: Array(text.utf8).span.bytes) }

  @Test("a field is found whatever its case, and its lines are joined")
  func joined() {
    let fields = fields("connection: keep-alive\r\nHost: x\r\nConnection:Upgrade , x\r\n\r\n")
    #expect(fields["Connection"] == "keep-alive, Upgrade , x")
    #expect(fields.values("CONNECTION") == ["keep-alive", "Upgrade , x"])
    #expect(fields.tokens("connection") == ["keep-alive", "upgrade", "x"])
    #expect(fields.hasToken("upgrade", in: "connection"))
    #expect(!fields.contains("upgrade"))
  }

  @Test("a folded value is one line")
  func folded() {
    let fields = fields("A: one\r\n two\r\n\t three \r\nB: x\r\n\r\n")
    #expect(fields["a"] == "one two three")
    #expect(fields["b"] == "x")
    #expect(fields.count == 2)
  }

  @Test("what is no field is counted", arguments: ["no colon", ": no name", "na me: x", "\u{e9}: x", " folded first"])
  func malformed(line: String) {
    let fields = fields("\(line)\r\nA: x\r\n\r\n")
    #expect(fields.malformedLines == 1 && fields.count == 1 && fields["a"] == "x")
  }

  @Test("an empty value is a value, and blanks around it are not")
  func blanks() {
    let fields = fields("A:\r\nB : \t x \t\r\n\r\nC: behind the end\r\n")
    #expect(fields["a"] == "" && fields["b"] == "x" && fields["c"] == nil)
  }

  @Test("a comma in quotes separates nothing")
  func quoted() {
    let fields = fields("X: a;b=\"c,\\\"d\", e,, ,f\r\n\r\n")
    #expect(fields.elements("x") == ["a;b=\"c,\\\"d\"", "e", "f"])
  }

  @Test("lines beyond the limit are counted and not kept")
  func limit() {
    var limits = HTTPLimits()
    limits.fieldLines = 2
    let text = Array("A: 1\r\nB: 2\r\nC: 3\r\n folded\r\nD: 4\r\n\r\n".utf8)
    let fields = HeaderFields(parsing: text.span.bytes, limits: limits)
    #expect(fields.count == 2 && fields.omittedLines == 2 && fields["b"] == "2")
  }

  @Test("a target gives its path and its query, decoded")
  func target() throws {
    let text = Array("GET http://h:1/socket.io/?EIO=4&transport=polling&t=a%26b+c&x HTTP/1.1\r\nHost: y\r\n\r\n".utf8)
    let head = try RequestHead(parsing: text.span.bytes)
    #expect(head.path == "/socket.io/" && head.host == "h:1" && head.isAbsoluteForm)
    #expect(head.queryValue("EIO") == "4" && head.queryValue("t") == "a&b c" && head.queryValue("x") == "")
    #expect(head.queryValue("sid") == nil)
  }
}
