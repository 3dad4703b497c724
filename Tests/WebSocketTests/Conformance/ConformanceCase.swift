import Packets
import Testing
import WebSocket

/// A case of the Autobahn TestSuite: what one peer sends, built from the case's description, and what is heard of it.
struct ConformanceCase: Sendable, CustomTestStringConvertible {
  /// The case's number in the suite's list.
  var number: String
  /// Writes the case for one direction.
  var write: @Sendable (inout Script) -> Void

  init(_ number: String, _ write: @escaping @Sendable (inout Script) -> Void) {
    self.number = number
    self.write = write
  }

  var testDescription: String { number }

  /// All cases of groups 1 to 7, 9, 10, 12 and 13.
  static let all =
    framing + reserved + fragmentation + utf8 + closing + sizes + manyFragments + compression + parameters

  /// The case as a peer of a direction sends it.
  func script(_ direction: Direction) -> Script {
    var script = Script(direction)
    write(&script)
    return script
  }
}

/// The bytes of a case, and what a decoder is to say about them.
struct Script {
  var encoder: FrameEncoder
  var bytes: [UInt8] = []
  var facts: [Fact] = []
  var deflate: DeflateParameters?
  /// The size of the pieces in which the case sends its bytes, where that is its point.
  var chop: Int?

  init(_ direction: Direction) { encoder = FrameEncoder(direction: direction) }

  /// Sends bytes, upon which something is heard, or nothing yet.
  mutating func send(_ sent: [UInt8], _ heard: Fact...) {
    bytes += sent
    facts += heard
  }

  /// Sends a frame whose message breaks no rule.
  mutating func sendWhole(_ opcode: Opcode, _ payload: [UInt8]) {
    send(encoder.frame(opcode, payload), .message(opcode, payload, length: payload.count, frames: 1))
  }

  /// Sends a message in frames of a size.
  mutating func sendFragments(_ opcode: Opcode, _ payload: [UInt8], of size: Int) {
    send(
      encoder.fragments(opcode, payload, of: size),
      .message(opcode, payload, length: payload.count, frames: max(1, (payload.count + size - 1) / size)))
  }
}
