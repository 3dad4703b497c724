import Bytes
import SocketIO

/// A member of a message that may tell its answer from others under way: its name and value, as hashes.
struct AnswerMark: Equatable {
  var key: UInt64
  var value: UInt64
}

/// What in a message looks like the id of the answer that it belongs to.
///
/// An id is a member of the first argument whose name ends with `id`, or a first argument that is itself a string or
/// number before others. Whether it is an answer's, a message's or a room's shows by how often it comes again.
struct AnswerMarks {
  /// Ids looked at in a message, and members among which they are looked for.
  static let most = 4
  private static let mostMembers = 16
  private static let longestValue = 128
  /// Stands for the name of an argument that has none.
  private static let positional: UInt64 = 1

  private(set) var count = 0
  private var marks = InlineArray<4, AnswerMark>(repeating: AnswerMark(key: 0, value: 0))

  /// No id.
  init() {}

  init(_ packet: SocketPacket, _ bytes: RawSpan) {
    var scanner = JSONScanner(packet.arguments)
    guard scanner.peek(in: bytes) == UInt8(ascii: "{") else {
      if let first = scanner.value(in: bytes), scanner.peek(in: bytes) == UInt8(ascii: ",") {
        add(Self.positional, first, bytes)
      }
      return
    }
    guard scanner.enterObject(in: bytes) else { return }
    for _ in 0..<Self.mostMembers {
      guard count < Self.most, let (key, value) = scanner.member(in: bytes) else { return }
      if Self.isID(key.range, bytes) { add(Self.hash(key.range, bytes), value, bytes) }
    }
  }

  subscript(index: Int) -> AnswerMark { marks[index] }

  private mutating func add(_ key: UInt64, _ value: JSONValue, _ bytes: RawSpan) {
    guard value.kind == .string || value.kind == .number, 1...Self.longestValue ~= value.range.count else { return }
    marks[count] = AnswerMark(key: key, value: Self.hash(value.range, bytes))
    count += 1
  }

  private static func isID(_ name: Range<Int>, _ bytes: RawSpan) -> Bool {
    guard name.count >= 2 else { return false }
    let (i, d) = (bytes.byte(at: name.upperBound - 2), bytes.byte(at: name.upperBound - 1))
    return i | 0x20 == UInt8(ascii: "i") && d | 0x20 == UInt8(ascii: "d")
  }

  /// FNV-1a, with an offset that keeps it from the values above.
  private static func hash(_ range: Range<Int>, _ bytes: RawSpan) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for index in range { hash = (hash ^ UInt64(bytes.byte(at: index))) &* 0x0000_0100_0000_01b3 }
    return hash
  }
}
