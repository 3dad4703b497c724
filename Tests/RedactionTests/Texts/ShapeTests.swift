import TestSupport
import Testing

@testable import Redaction

struct ShapeTests {
  @Test(
    "names, brackets and truth values stay; texts become their length, numbers 0",
    arguments: [
      (#"{"t":"Hello, world"}"#, #"{"t":"‹12 chars›"}"#),
      (#"{"a":[true,null,17.5e3],"b":{"c":""}}"#, #"{"a":[true,null,0],"b":{"c":"‹0 chars›"}}"#),
      (#"{"t":"übermütig"}"#, #"{"t":"‹9 chars›"}"#),
      (#"{"t":"say \"hi\""}"#, #"{"t":"‹10 chars›"}"#),
      (
        #"{"a":"\\","b":"\\\"","c":"\"\"\"","d":"x"}"#,
        #"{"a":"‹2 chars›","b":"‹4 chars›","c":"‹6 chars›","d":"‹1 chars›"}"#
      ),
      (#"{"t":"cut of\"#, #"{"t":"‹7 chars›""#), (#"{"t":"cut \"of"#, #"{"t":"‹8 chars›""#),
      (#"{"bob@example.com":1}"#, #"{"‹name of 15 chars›":0}"#),
      (#"{"4929123412341234":"x"}"#, #"{"‹name of 16 chars›":"‹1 chars›"}"#),
      (#"{"t":"cut of"#, #"{"t":"‹6 chars›""#),
      (#"["a", {"_placeholder":true,"num":3}]"#, #"["‹1 chars›", {"_placeholder":true,"num":3}]"#),
      ("hello", "‹5 bytes›"), ("", ""), (#"{"t":secret}"#, #"{"t":‹6 bytes›}"#),
    ])
  func shapes(json: String, shape: String) {
    let bytes = Array(json.utf8)
    let text = Shape(Marker()).json(bytes, in: bytes.indices, .data)
    #expect(text == shape)
  }

  @Test("a text ends at the first quotation mark that no backslash escapes", arguments: 0..<200 as Range<UInt64>)
  func endsOfTexts(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let alphabet = Array(#"a\\""#.utf8)
    for length in 0..<60 {
      let padding = [UInt8](repeating: 0x61, count: Int.random(in: 0...20, using: &generator))
      let text = padding + (0..<length).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
      var end = 0
      var isEscaped = false
      while end < text.count {
        end += 1
        if isEscaped {
          isEscaped = false
        } else if text[end - 1] == UInt8(ascii: "\"") {
          break
        } else {
          isEscaped = text[end - 1] == UInt8(ascii: "\\")
        }
      }
      #expect(JSONTokens.endOfString(text.span.bytes, from: 0) == end, "\(String(decoding: text, as: UTF8.self))")
    }
  }

  @Test(
    "characters are counted, not bytes", arguments: ["", "a", "übermütig", "👩‍💻 and 12345678", "ééééééééé", "‹12 chars›"])
  func lengths(text: String) {
    #expect(Shape.length(text.utf8Span.span.bytes) == text.unicodeScalars.count)
  }

  @Test("an event keeps its name, unless that carries an address")
  func events() {
    #expect(event(#"["token",{"t":"Hi"}]"#) == #"["token",{"t":"‹2 chars›"}]"#)
    #expect(event(#"["chat message","x"]"#) == #"["chat message","‹1 chars›"]"#)
    #expect(event(#"["bob@example.com"]"#) == #"["‹15 chars›"]"#)
    #expect(event(#"[["token"]]"#) == #"[["‹5 chars›"]]"#)
  }

  private func event(_ json: String) -> String {
    let bytes = Array(json.utf8)
    return Shape(Marker()).json(bytes, in: bytes.indices, .event)
  }

  @Test("a handshake keeps its numbers and six characters of the session's name")
  func handshake() {
    let bytes = Array(#"{"sid":"O8Jkt2rvAAAB","upgrades":["websocket"],"pingInterval":25000}"#.utf8)
    let text = Shape(Marker()).json(bytes, in: bytes.indices, .handshake)
    #expect(text == #"{"sid":"O8Jkt2…","upgrades":["websocket"],"pingInterval":25000}"#)
  }

  @Test("credentials become marks, the same for the same secret")
  func credentials() {
    let bytes = Array(#"{"token":"s3cr3t","again":"s3cr3t","user":"bob"}"#.utf8)
    let text = Shape(Marker()).json(bytes, in: bytes.indices, .credentials)
    let marks = text.split(separator: "\"").filter { $0.hasPrefix("‹auth ") }
    #expect(marks.count == 3)
    #expect(marks[0] == marks[1])
    #expect(marks[0] != marks[2])
    #expect(!text.contains("s3cr3t"))
  }
}
