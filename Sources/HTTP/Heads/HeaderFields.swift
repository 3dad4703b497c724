import Bytes

/// One field line of a head: its name as it was sent, and its value without the whitespace around it.
package struct HeaderField: Equatable, Sendable {
  package var name: String
  package var value: String

  package init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

/// The field lines of a message, in the order of the wire (RFC 9110 section 5, RFC 9112 section 5).
///
/// Names are compared without regard to case. All names and values stand in one array of bytes; text is made only of
/// what is asked for.
package struct HeaderFields: Equatable, Sendable {
  /// Lines that are no field: without a colon, or with an empty name or one that is not a token.
  package private(set) var malformedLines = 0
  /// Lines beyond `HTTPLimits.fieldLines`, which were not kept.
  package private(set) var omittedLines = 0
  private var storage: [UInt8] = []
  private var lines: [Line] = []

  /// Where a name and its value stand in `storage`: the value follows the name.
  private struct Line: Equatable, Sendable {
    var start: UInt32
    var nameEnd: UInt32
    var valueEnd: UInt32

    var name: Range<Int> { Int(start)..<Int(nameEnd) }
    var value: Range<Int> { Int(nameEnd)..<Int(valueEnd) }
  }

  /// Fields from text, in order.
  package init(_ fields: [(name: String, value: String)] = []) {
    for field in fields {
      let start = storage.count
      storage += field.name.utf8
      append(from: start, nameEnd: storage.count, value: Array(field.value.utf8))
    }
  }

  /// Reads field lines up to the empty line, or to the end of the bytes.
  ///
  /// A bare LF ends a line as CR LF does (RFC 9112 section 2.2). A line that begins with whitespace continues the value
  /// before it, joined with one space: "obs-fold … replace each received obs-fold with one or more SP octets" (section
  /// 5.2). Whitespace before the colon, which a server has to refuse (section 5.1), is dropped.
  package init(parsing bytes: RawSpan, from start: Int = 0, limits: HTTPLimits = HTTPLimits()) {
    storage.reserveCapacity(bytes.byteCount - start)
    var offset = start
    while offset < bytes.byteCount {
      let lineFeed = bytes.firstOffset(of: Octet.lineFeed, from: offset) ?? bytes.byteCount
      var end = lineFeed
      if end > offset, bytes.byte(at: end - 1) == Octet.carriageReturn { end -= 1 }
      if end == offset { return }
      if Octet.isBlank(bytes.byte(at: offset)) {
        fold(bytes, offset..<end)
      } else {
        readLine(bytes, offset..<end, limit: limits.fieldLines)
      }
      offset = lineFeed + 1
    }
  }

  private mutating func readLine(_ bytes: RawSpan, _ line: Range<Int>, limit: Int) {
    guard let colon = bytes.firstOffset(of: Octet.colon, from: line.lowerBound), colon < line.upperBound else {
      malformedLines += 1
      return
    }
    let name = bytes.trimmed(line.lowerBound..<colon)
    guard !name.isEmpty, name.allSatisfy({ Octet.isToken(bytes.byte(at: $0)) }) else {
      malformedLines += 1
      return
    }
    guard lines.count < limit else {
      omittedLines += 1
      return
    }
    let start = storage.count
    append(bytes, name)
    let nameEnd = storage.count
    append(bytes, bytes.trimmed(colon + 1..<line.upperBound))
    lines.append(
      Line(
        start: UInt32(clamping: start), nameEnd: UInt32(clamping: nameEnd), valueEnd: UInt32(clamping: storage.count)))
  }

  private mutating func fold(_ bytes: RawSpan, _ line: Range<Int>) {
    guard !lines.isEmpty, omittedLines == 0 else {
      malformedLines += 1
      return
    }
    storage.append(Octet.space)
    append(bytes, bytes.trimmed(line))
    lines[lines.count - 1].valueEnd = UInt32(clamping: storage.count)
  }

  private mutating func append(_ bytes: RawSpan, _ range: Range<Int>) {
    bytes.extracting(range).withUnsafeBytes { storage.append(contentsOf: $0) }
  }

  private mutating func append(from start: Int, nameEnd: Int, value: [UInt8]) {
    storage += value
    lines.append(
      Line(
        start: UInt32(clamping: start), nameEnd: UInt32(clamping: nameEnd), valueEnd: UInt32(clamping: storage.count)))
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: storage[range], as: UTF8.self) }

  private func matches(_ line: Line, _ name: String) -> Bool {
    let range = line.name
    let wanted = name.utf8
    guard wanted.count == range.count else { return false }
    return zip(storage[range], wanted).allSatisfy { Octet.lowercased($0) == Octet.lowercased($1) }
  }

  /// Whether there is a line of this name.
  package func contains(_ name: String) -> Bool { lines.contains { matches($0, name) } }

  /// Whether the bytes of a value of this name are as asked.
  func containsValue(_ name: String, where isWanted: (ArraySlice<UInt8>) -> Bool) -> Bool {
    lines.contains { matches($0, name) && isWanted(storage[$0.value]) }
  }

  /// The values of all lines of this name, in order.
  package func values(_ name: String) -> [String] {
    lines.lazy.filter { matches($0, name) }.map { text($0.value) }
  }

  /// The values of all lines of this name, joined with commas (RFC 9110 section 5.3); `nil` where there is none.
  package subscript(name: String) -> String? {
    guard let first = lines.firstIndex(where: { matches($0, name) }) else { return nil }
    var joined = text(lines[first].value)
    for line in lines[(first + 1)...] where matches(line, name) { joined += ", " + text(line.value) }
    return joined
  }
}

extension HeaderFields: RandomAccessCollection {
  package var startIndex: Int { 0 }
  package var endIndex: Int { lines.count }

  package subscript(position: Int) -> HeaderField {
    HeaderField(name: text(lines[position].name), value: text(lines[position].value))
  }
}

extension RawSpan {
  /// A range without the spaces and tabs at both its ends.
  func trimmed(_ range: Range<Int>) -> Range<Int> {
    var lower = range.lowerBound
    var upper = range.upperBound
    while lower < upper, Octet.isBlank(byte(at: lower)) { lower += 1 }
    while upper > lower, Octet.isBlank(byte(at: upper - 1)) { upper -= 1 }
    return lower..<upper
  }
}
