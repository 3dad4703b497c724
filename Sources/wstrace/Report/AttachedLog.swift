import ArgumentParser
import Glibc
import Packets
import Redaction
import Reports

/// A program's log that goes with a report: copied line by line, and its times read where it has any.
struct AttachedLog {
  /// Bytes of a line that are kept; a longer one is cut there.
  private static let longestLine = 64 << 10
  /// Lines that a report shows beside the packets.
  private static let mostLines = 20_000

  let name: String
  private let path: String

  init(_ path: String) throws {
    self.path = path
    name = CapturePath.name(path)
    guard access(path, R_OK) == 0 else {
      Diagnostics.say("\(Sanitizer.visible(path)): \(String(cString: strerror(errno)))")
      throw ExitCode(2)
    }
  }

  /// Copies the log, redacted where that is wanted, and gathers the lines that have a time.
  func copy(
    redactor: inout Redactor?, lines: inout [LogLine], to sink: (RawSpan) throws -> Void
  ) throws {
    guard let file = fopen(path, "re") else {
      Diagnostics.say("\(Sanitizer.visible(path)): \(String(cString: strerror(errno)))")
      throw ExitCode(2)
    }
    defer { fclose(file) }
    var buffer: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(buffer) }
    while true {
      let length = getline(&buffer, &capacity, file)
      guard length > 0, let buffer else { break }
      let bytes = UnsafeRawBufferPointer(start: buffer, count: min(length, AttachedLog.longestLine))
      var line = String(decoding: bytes, as: UTF8.self)
      while line.last?.isNewline == true { line.removeLast() }
      let time = LogTime.find(in: line)
      let clean = redactor?.redact(logLine: line) ?? line
      try sink((clean + "\n").utf8Span.span.bytes)
      if let time, lines.count < AttachedLog.mostLines {
        lines.append(LogLine(time: time, source: name, text: clean))
      }
    }
  }
}

/// The time that a line of a log begins with or names.
enum LogTime {
  /// RFC 3339 as Docker has it, nginx's two forms, what most loggers write, or seconds since 1970.
  ///
  /// A time without a zone is taken for UTC, as programs in containers write it.
  static func find(in line: String) -> Timestamp? {
    let head = Array(line.utf8.prefix(160))
    if let epoch = epoch(head) { return epoch }
    for start in head.indices where isStart(head, start) {
      if let time = dated(head, start) ?? named(head, start) { return time }
    }
    return nil
  }

  private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

  private static func isStart(_ bytes: [UInt8], _ index: Int) -> Bool {
    isDigit(bytes[index]) && (index == 0 || !isDigit(bytes[index - 1]))
  }

  /// `1795386255.505841` at the beginning.
  private static func epoch(_ bytes: [UInt8]) -> Timestamp? {
    let word = String(decoding: bytes.prefix { isDigit($0) || $0 == UInt8(ascii: ".") }, as: UTF8.self)
    guard word.count >= 10, word.prefix(10).allSatisfy(\.isNumber), let seconds = Double(word), seconds > 1e9,
      seconds < 1e10
    else { return nil }
    let parts = word.split(separator: ".")
    let fraction = parts.count > 1 ? String((parts[1] + "000000000").prefix(9)) : "0"
    guard let whole = Int64(parts[0]), let nanoseconds = Int64(fraction) else { return nil }
    return Timestamp(nanoseconds: whole * 1_000_000_000 + nanoseconds)
  }

  /// `2026-11-22T10:04:15.505Z`, `2026-11-22 10:04:15,505`, `2026/11/22 10:04:15`.
  private static func dated(_ bytes: [UInt8], _ start: Int) -> Timestamp? {
    guard start + 19 <= bytes.count else { return nil }
    var text = Array(bytes[start..<start + 19])
    let separators = [UInt8(ascii: "-"), UInt8(ascii: "/")]
    guard separators.contains(text[4]), separators.contains(text[7]) else { return nil }
    (text[4], text[7], text[10]) = (UInt8(ascii: "-"), UInt8(ascii: "-"), UInt8(ascii: "T"))
    var offset = start + 19
    var fraction = ""
    if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") || bytes[offset] == UInt8(ascii: ",") {
      let digits = bytes[(offset + 1)...].prefix(while: isDigit)
      fraction = digits.isEmpty ? "" : "." + String(decoding: digits, as: UTF8.self)
      offset += digits.count + 1
    }
    return Timestamp(utcText: String(decoding: text, as: UTF8.self) + fraction + zone(bytes, offset))
  }

  /// `22/Nov/2026:10:04:15 +0000`.
  private static func named(_ bytes: [UInt8], _ start: Int) -> Timestamp? {
    guard start + 20 <= bytes.count, bytes[start + 2] == UInt8(ascii: "/"), bytes[start + 6] == UInt8(ascii: "/") else {
      return nil
    }
    let text = String(decoding: bytes[start..<start + 20], as: UTF8.self)
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    guard let month = months.firstIndex(of: String(text.dropFirst(3).prefix(3))) else { return nil }
    let number = month + 1 < 10 ? "0\(month + 1)" : "\(month + 1)"
    let date = "\(text.dropFirst(7).prefix(4))-\(number)-\(text.prefix(2))T\(text.suffix(8))"
    return Timestamp(utcText: date + zone(bytes, start + 20))
  }

  /// `Z`, `+01:00`, ` +0100`; `Z` where there is none.
  private static func zone(_ bytes: [UInt8], _ start: Int) -> String {
    let rest = bytes[min(start, bytes.count)...].drop { $0 == UInt8(ascii: " ") }.prefix(6)
    guard let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return "Z" }
    let digits = rest.dropFirst().filter(isDigit).prefix(4)
    guard digits.count == 4 else { return "Z" }
    let text = String(decoding: digits, as: UTF8.self)
    return String(decoding: [sign], as: UTF8.self) + text.prefix(2) + ":" + text.suffix(2)
  }
}
