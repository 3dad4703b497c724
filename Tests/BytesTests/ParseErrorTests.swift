import Bytes
import Testing

@Suite struct ParseErrorTests {
  @Test("a short layer says what it needs and has")
  func short() {
    let error = ParseError.short(.tcp, needed: 20, available: 12)
    #expect(error == ParseError(.tcp, .short(needed: 20, available: 12)))
    #expect(error != ParseError.short(.ip, needed: 20, available: 12))
  }

  @Test("fields are equal by name")
  func fields() {
    #expect(ParseError(.ip, .invalid("version")) == ParseError(.ip, .invalid("version")))
    #expect(ParseError(.ip, .invalid("version")) != ParseError(.ip, .invalid("total length")))
    #expect(ParseError(.ip, .limit("bytes", 1)) != ParseError(.ip, .limit("bytes", 2)))
    #expect(ParseError.StaticField("data offset").description == "data offset")
  }
}
