import Packets
import Reports
import Testing

@Suite("JSON is written")
struct JSONWriterTests {
  @Test(
    "a string has its escapes",
    arguments: [
      ("a\"b\\c/", #""a\"b\\c/""#), ("\n\r\t", #""\n\r\t""#), ("\u{0}\u{1b}[31m\u{7f}", #""\u0000\u001b[31m\u007f""#),
      ("\u{9b}31m", #""\u009b31m""#), ("\u{2028}\u{2029}", #""\u2028\u2029""#),
      ("\u{202e}x\u{2066}", #""\u202ex\u2066""#),
      ("grün 你好 🚀", "\"grün 你好 🚀\""), ("", "\"\""),
    ])
  func strings(text: String, expected: String) {
    var json = JSONWriter()
    json.string(text)
    #expect(String(decoding: json.take(), as: UTF8.self) == expected)
  }

  @Test(
    "bytes that are not UTF-8 become U+FFFD",
    arguments: [
      ([0x61, 0xff, 0x62], "a\u{fffd}b"), ([0xc0, 0x80], "\u{fffd}\u{fffd}"), ([0xe2, 0x82], "\u{fffd}"),
      ([0xed, 0xa0, 0x80], "\u{fffd}\u{fffd}\u{fffd}"), ([0xf0, 0x9f, 0x9a, 0x80], "🚀"),
      ([0xf4, 0x90, 0x80, 0x80], "\u{fffd}\u{fffd}\u{fffd}\u{fffd}"), ([0xf0, 0x9f, 0x61], "\u{fffd}a"),
    ] as [([UInt8], String)])
  func brokenText(bytes: [UInt8], expected: String) {
    var json = JSONWriter()
    json.string(utf8: bytes)
    #expect(String(decoding: json.take(), as: UTF8.self) == "\"\(expected)\"")
    #expect(String(decoding: bytes, as: UTF8.self) == expected)
  }

  @Test(
    "seconds are exact, without an exponent",
    arguments: [
      (0, "0"), (1, "0.000000001"), (-1, "-0.000000001"), (1_500_000_000, "1.5"), (-12_002_000_000, "-12.002"),
      (1_795_341_855_505_841_000, "1795341855.505841"), (.max, "9223372036.854775807"), (.min, "-9223372036.854775808"),
    ] as [(Int64, String)])
  func seconds(nanoseconds: Int64, expected: String) {
    var json = JSONWriter()
    json.seconds(Interval(nanoseconds: nanoseconds))
    #expect(String(decoding: json.take(), as: UTF8.self) == expected)
  }

  @Test(
    "a number that JSON has not is null",
    arguments: [
      (0.1, "0.1"), (1e-12, "0"), (-0.0, "0"), (1e15, "1000000000000000"), (.nan, "null"), (.infinity, "null"),
      (1e300, "null"), (19.4, "19.4"),
    ] as [(Double, String)])
  func numbers(value: Double, expected: String) {
    var json = JSONWriter()
    json.number(value)
    #expect(String(decoding: json.take(), as: UTF8.self) == expected)
  }

  @Test(
    "Base64 is padded", arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")])
  func base64(text: String, expected: String) {
    var json = JSONWriter()
    json.base64(Array(text.utf8))
    #expect(String(decoding: json.take(), as: UTF8.self) == "\"\(expected)\"")
  }

  @Test("commas stand between members and elements only")
  func commas() {
    var json = JSONWriter()
    json.beginObject()
    json.key("a")
    json.beginArray()
    json.number(Int.min)
    json.beginObject()
    json.endObject()
    json.null()
    json.endArray()
    json.key("b\n")
    json.boolean(true)
    json.endObject()
    json.newline()
    #expect(String(decoding: json.take(), as: UTF8.self) == "{\"a\":[-9223372036854775808,{},null],\"b\\n\":true}\n")
    #expect(json.take().isEmpty)
  }

  @Test("random bytes make a string that reads back")
  func randomBytes() throws {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<300 {
      let bytes = (0..<40).map { _ in UInt8.random(in: 0...255, using: &generator) }
      var json = JSONWriter()
      json.beginObject()
      json.key("a")
      json.string(utf8: bytes)
      json.endObject()
      #expect(try object(json.take())["a"] as? String == String(decoding: bytes, as: UTF8.self), "\(bytes)")
    }
  }
}
