import Bytes
import SocketIO
import TestSupport
import Testing

/// A body, and what it should yield: a record as its text, a fault as itself.
struct PayloadCase: Sendable, CustomTestStringConvertible {
  var format: PayloadFormat
  var body: [UInt8]
  var records: [String]
  var fault: PayloadFault?

  init(_ format: PayloadFormat, _ body: String, _ records: [String], fault: PayloadFault? = nil) {
    self.init(format, Array(body.utf8), records, fault: fault)
  }

  init(_ format: PayloadFormat, _ body: [UInt8], _ records: [String], fault: PayloadFault? = nil) {
    self.format = format
    self.body = body
    self.records = records
    self.fault = fault
  }

  var testDescription: String { String(decoding: body, as: UTF8.self) }
}

@Suite struct PayloadDecoderTests {
  static let separated = PayloadFormat(.separated)
  static let counted = PayloadFormat(.counted)
  static let octets = PayloadFormat(.countedBinary)
  static let script = PayloadFormat(.counted, wrapping: .jsonpResponse)
  static let form = PayloadFormat(.counted, wrapping: .jsonpForm)
  static let scriptV4 = PayloadFormat(.separated, wrapping: .jsonpResponse)
  static let formV4 = PayloadFormat(.separated, wrapping: .jsonpForm)

  static let cases: [PayloadCase] = [
    .init(separated, "2", ["2"]),
    .init(separated, "42[\"é🙂\"]\u{1e}2\u{1e}bAQID", ["42[\"é🙂\"]", "2", "bAQID"]),
    .init(separated, "2\u{1e}", ["2", ""]),
    .init(separated, "\u{1e}2", ["", "2"]),
    .init(separated, "", [], fault: .empty),
    .init(counted, "1:2", ["2"]),
    .init(counted, "6:4hello2:4€", ["4hello", "4€"]),
    .init(counted, "3:4🙂10:b4AQIDBA==1:6", ["4🙂", "b4AQIDBA==", "6"]),
    .init(counted, "5:4🙂🙂2:4é", ["4🙂🙂", "4é"]),
    .init(counted, "0:1:2", ["", "2"]),
    .init(counted, "2:4🙂1:2", [], fault: .splitsCharacter),
    .init(counted, "x:2", [], fault: .badLength),
    .init(counted, ":2", [], fault: .badLength),
    .init(counted, "1:2garbage", ["2"], fault: .badLength),
    .init(counted, "9999999999999:2", [], fault: .badLength),
    .init(counted, "5:4a", [], fault: .endsInsideRecord(missing: 3)),
    .init(counted, "5", [], fault: .badLength),
    .init(
      octets, [0, 5, 0xff] + Array("4abcd".utf8) + [1, 1, 0, 0xff] + Array("\u{4}123456789".utf8),
      ["4abcd", "\u{4}123456789"]),
    .init(octets, [0, 2, 0xff] + Array("2".utf8), [], fault: .endsInsideRecord(missing: 1)),
    .init(octets, [2, 1, 0xff, 0x32], [], fault: .badMarker),
    .init(octets, [0, 0xff], [], fault: .badLength),
    .init(script, #"___eio[0]("11:42[\"a\",\"\n\"]1:6");"#, ["42[\"a\",\"\n\"]", "6"]),
    .init(script, #"___eio[]("9:42[\"a\\n\"]4:4\u00e9\ud83d\ude00");"#, ["42[\"a\\n\"]", "4é😀"]),
    .init(script, #"___eio[12]("5:4\"\/\t\\1:2");"#, ["4\"/\t\\", "2"]),
    .init(script, #"___eio[0]("1:2"#, ["2"], fault: .badWrapping),
    .init(script, #"alert("1:2");"#, [], fault: .badWrapping),
    .init(scriptV4, #"___eio[3]("42[\"a\",\"\u2028\"]\u001e6");"#, ["42[\"a\",\"\u{2028}\"]", "6"]),
    .init(scriptV4, "___eio[0](\"2\u{1e}6\");", ["2", "6"]),
    .init(formV4, "d=42%5B%22a%22%2C%22b%5Cn%22%5D%1E3", ["42[\"a\",\"b\n\"]", "3"]),
    .init(form, "d=1%3A22%3a4+", ["2", "4 "]),
    .init(form, #"d=3:4\n!"#, ["4\n!"]),
    .init(form, #"d=4:4\\n!"#, ["4\\n!"]),
    .init(form, #"d=4:4%5C%5Cn%211:2&x=1"#, ["4\\n!", "2"]),
    .init(form, #"d=3:4a\"#, ["4a\\"]),
    .init(form, "d=3:4%zz", [], fault: .badWrapping),
    .init(form, "e=1:2", [], fault: .badWrapping),
  ]

  /// Feeds a body in pieces; records as text, and the fault.
  static func decode(
    _ format: PayloadFormat, _ pieces: [[UInt8]], limits: PayloadLimits = PayloadLimits()
  ) -> (records: [String], lengths: [Int], fault: PayloadFault?) {
    var decoder = PayloadDecoder(format, limits: limits)
    var records: [String] = []
    var lengths: [Int] = []
    var faults: [PayloadFault] = []
    func take(_ event: PayloadEvent, _ piece: [UInt8]) {
      switch event {
      case .record(let record):
        lengths.append(record.length)
        switch record.place {
        case .input(let range): records.append(String(decoding: piece[range], as: UTF8.self))
        case .scratch(let range): records.append(String(decoding: decoder.scratch[range], as: UTF8.self))
        }
      case .malformed(let fault): faults.append(fault)
      }
    }
    for piece in pieces {
      var offset = 0
      while let event = decoder.next(piece.span.bytes, from: &offset) { take(event, piece) }
      #expect(offset == piece.count)
    }
    if let event = decoder.finish() { take(event, []) }
    let nothing = decoder.finish()
    #expect(nothing == nil)
    #expect(faults.count <= 1)
    return (records, lengths, faults.first)
  }

  @Test(arguments: cases)
  func `a body gives the same records however it is cut`(example: PayloadCase) {
    // A further record, where the body can have one.
    let isOpen = example.fault == nil && example.format.wrapping == .none
    let tail: [UInt8] =
      switch example.format.framing {
      case .separated: [0x1e, 0x36]
      case .counted: Array("1:6".utf8)
      case .countedBinary: [0, 1, 0xff, 0x36]
      }
    for way in fourWays(example.body, tail: isOpen ? tail : []) {
      let result = Self.decode(example.format, way.pieces)
      #expect(result.records == example.records + (way.hasTail ? ["6"] : []), "\(way.name)")
      #expect(result.fault == example.fault, "\(way.name)")
      #expect(result.lengths == result.records.map(\.utf8.count), "\(way.name)")
    }
  }

  @Test func `a record's length is true beyond the preview`() {
    var limits = PayloadLimits()
    limits.preview = 8
    let body = Array(("4" + String(repeating: "x", count: 99)).utf8)
    let result = Self.decode(Self.separated, [Array(body[..<20]), Array(body[20...])], limits: limits)
    #expect(result.records == ["4xxxxxxx"])
    #expect(result.lengths == [100])
  }

  @Test func `the length of base64 is known however it is cut`() throws {
    let body = Array("bAQIDBA==\u{1e}2".utf8)
    for way in fourWays(body) {
      var limits = PayloadLimits()
      limits.preview = 2
      var decoder = PayloadDecoder(Self.separated, limits: limits)
      var first: PayloadEvent?
      for piece in way.pieces where first == nil {
        var offset = 0
        first = decoder.next(piece.span.bytes, from: &offset)
      }
      guard case .record(let record) = try #require(first) else { return }
      #expect(record.decodedLength(prefix: 1) == 4, "\(way.name)")
    }
  }

  @Test func `revision 4 goes on behind a gap, revision 3 gives up`() {
    let before = Array("42[\"a\"".utf8)
    let after = Array("rest\u{1e}2\u{1e}3".utf8)
    var decoder = PayloadDecoder(Self.separated)
    var offset = 0
    let early = decoder.next(before.span.bytes, from: &offset)
    #expect(early == nil)
    guard case .record(let cut) = decoder.receive(gap: 100) else {
      Issue.record("the cut record is not told")
      return
    }
    #expect(!cut.isComplete && !cut.isWhole && cut.length == before.count)
    offset = 0
    let second = decoder.next(after.span.bytes, from: &offset)
    #expect(second == .record(PayloadRecord(place: .input(5..<6), length: 1, isBinary: false)))
    let open = decoder.next(after.span.bytes, from: &offset)
    #expect(open == nil)
    guard case .record(let last) = decoder.finish() else {
      Issue.record("the last record is not told")
      return
    }
    #expect(last.isWhole && last.length == 1)

    var old = PayloadDecoder(Self.counted)
    let nothing = old.receive(gap: 1)
    #expect(nothing == nil)
    offset = 0
    let none = old.next(after.span.bytes, from: &offset)
    #expect(none == nil)
    #expect(offset == after.count && old.skipped == after.count)
    let end = old.finish()
    #expect(end == nil)
  }

  @Test(arguments: [
    ("0{\"sid\":\"a\"}", PayloadDecoderTests.separated), ("2", separated), ("40", separated),
    ("96:0{\"sid\"", counted), ("___eio[0](\"96:0{", script), ("d=1%3A2", form), ("d=1:2", form),
    ("___eio[0](\"0{", PayloadFormat(.separated, wrapping: .jsonpResponse)), ("\u{0}\u{1}\u{ff}", octets),
  ])
  func `the format is seen in the beginning`(head: String, format: PayloadFormat) {
    let bytes = Array(head.utf8)
    #expect(PayloadFormat.detect(head: bytes.span.bytes) == format)
    let version: EngineIOVersion = format.framing == .separated ? .v4 : .v3
    #expect(PayloadFormat.detect(firstByte: bytes[0], version: version) == format)
  }
}
