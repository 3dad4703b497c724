import Bytes
import SocketIO
import Testing

@Suite struct JSONScannerTests {
  @Test func `members and elements come one by one`() {
    let bytes = Array(#" {"a" : [1, "]" ,{"b":"}"}], "\u0062":true,"c":null , "d":-1.5e3} "#.utf8)
    let span = bytes.span.bytes
    var scanner = JSONScanner(0..<bytes.count)
    let isObject = scanner.enterObject(in: span)
    #expect(isObject)
    var seen: [String] = []
    while let (key, value) = scanner.member(in: span) {
      seen.append("\(key.string(in: span))=\(value.string(in: span))")
    }
    #expect(seen == ["a=[1, \"]\" ,{\"b\":\"}\"}]", "b=true", "c=null", "d=-1.5e3"])
    #expect(scanner.stop == .end)
  }

  @Test(arguments: [
    (#""a\"b""#, "a\"b"), (#""\ud83d\ude42""#, "🙂"), (#""\ud83dx""#, "\u{fffd}x"), (#""\ude42""#, "\u{fffd}"),
    (#""\u00zz""#, "\u{fffd}zz"), (#""\b\f\n\r\t\/""#, "\u{8}\u{c}\n\r\t/"), (#""\ud83d\ud83d\ude42""#, "\u{fffd}🙂"),
  ])
  func `escapes are undone`(json: String, text: String) {
    let bytes = Array(json.utf8)
    var scanner = JSONScanner(0..<bytes.count)
    let value = scanner.value(in: bytes.span.bytes)
    #expect(value?.string(in: bytes.span.bytes) == text)
  }

  @Test(arguments: [
    ("", JSONScanner.Stop.cut), ("{", .cut), ("[1,{", .cut), (#""a"#, .cut), (#""a\"#, .cut), ("tru", .cut),
    ("x", .malformed), ("trux", .malformed), ("]", .malformed),
    (String(repeating: "[", count: 200), .tooDeep),
  ])
  func `a value that is not there has its reason`(json: String, stop: JSONScanner.Stop) {
    let bytes = Array(json.utf8)
    var scanner = JSONScanner(0..<bytes.count)
    let value = scanner.value(in: bytes.span.bytes)
    #expect(value == nil)
    #expect(scanner.stop == stop)
  }
}
