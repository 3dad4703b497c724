import Bytes

/// A MessagePack value as text for people: JSON, with the lengths of binary data and extensions in their place.
///
/// Composite values are written by counting what is still to come, so nesting costs no stack.
package struct MessagePackText {
  private var text = ""
  /// The arrays and maps that are open, outermost first.
  private var open: [Composite] = []
  private let limit: Int

  private struct Composite {
    var isMap: Bool
    var items: Int
    var written = 0
  }

  /// The most arrays and maps within each other that are shown; data of people has a few.
  private static let deepest = 64

  private init(limit: Int) { self.limit = limit }

  /// The text of a value, cut with an ellipsis behind about `limit` characters or where the bytes end.
  package static func of(_ value: MessagePackValue, in bytes: RawSpan, limit: Int) -> String {
    var writer = MessagePackText(limit: limit)
    switch value.kind {
    case .array, .map: writer.write(bytes, value.range)
    default: writer.write(value, bytes)
    }
    return writer.text
  }

  private mutating func write(_ bytes: RawSpan, _ range: Range<Int>) {
    var reader = MessagePackReader(range)
    repeat {
      guard text.utf8.count < limit, open.count <= Self.deepest, let head = try? reader.head(in: bytes) else {
        text += "…"
        return
      }
      separate()
      switch head.value.kind {
      case .array, .map:
        let isMap = head.value.kind == .map
        text += isMap ? "{" : "["
        open.append(Composite(isMap: isMap, items: head.items))
      default: write(head.value, bytes)
      }
      close()
    } while !open.isEmpty
  }

  /// Writes what stands before the next item of the innermost composite, and counts it.
  private mutating func separate() {
    guard var composite = open.popLast() else { return }
    if composite.isMap, composite.written % 2 == 1 {
      text += ":"
    } else if composite.written > 0 {
      text += ","
    }
    composite.written += 1
    open.append(composite)
  }

  /// Closes the composites that are complete.
  private mutating func close() {
    while let last = open.last, last.written == last.items {
      text += last.isMap ? "}" : "]"
      open.removeLast()
    }
  }

  private mutating func write(_ value: MessagePackValue, _ bytes: RawSpan) {
    switch value.kind {
    case .null: text += "null"
    case .boolean: text += bytes.byte(at: value.range.lowerBound) == 0xc3 ? "true" : "false"
    case .integer: text += value.integer.map { "\($0)" } ?? "\(bytes.uint64(at: value.range.upperBound - 8))"
    case .float: write(float: value.range, bytes)
    case .string: write(string: value.range, bytes)
    case .binary: text += "‹\(value.range.count) bytes›"
    case .extension: text += "‹extension of \(value.range.count - 1) bytes›"
    case .array, .map: text += "…"
    }
  }

  private mutating func write(float range: Range<Int>, _ bytes: RawSpan) {
    if range.count == 4 {
      text += "\(Float(bitPattern: bytes.uint32(at: range.lowerBound)))"
    } else {
      text += "\(Double(bitPattern: bytes.uint64(at: range.lowerBound)))"
    }
  }

  private mutating func write(string range: Range<Int>, _ bytes: RawSpan) {
    let isCut = range.count > limit
    text += "\""
    for scalar in bytes.text(in: range.prefix(limit)).unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += isCut ? "…\"" : "\""
  }
}
