import Bytes

/// Takes the packets out of a long-polling body that comes in pieces (engine.io-protocol, "Payload"); one for each body.
///
/// A record that lies whole in a piece is named where it is. One that is cut, or that escapes had to be taken out of, is
/// copied to `scratch` up to `PayloadLimits.preview`, and its true length counted.
package struct PayloadDecoder: Sendable {
  /// The bytes of the last event's record where it says so; valid until the next call.
  package var scratch: [UInt8] { framer.held }
  /// Bytes that were passed over since the place was lost.
  package private(set) var skipped = 0

  private var framer: PayloadFramer
  private var unwrapper: PayloadUnwrapper
  /// Unwrapped bytes that wait for the framer.
  private var plain: [UInt8] = []
  private var plainOffset = 0
  private var state = State.open

  private enum State: Equatable, Sendable {
    case open
    /// Lost its place or ended: what follows is skipped.
    case closed
  }

  /// How much is unwrapped at once.
  private static let unwrappedChunk = 4096

  package init(_ format: PayloadFormat, limits: PayloadLimits = PayloadLimits()) {
    framer = PayloadFramer(format.framing, limits: limits)
    unwrapper = PayloadUnwrapper(format.wrapping)
  }

  /// The next record; `nil` when all bytes are consumed.
  package mutating func next(_ bytes: RawSpan, from offset: inout Int) -> PayloadEvent? {
    guard state == .open else { return skip(bytes, from: &offset) }
    let event: PayloadEvent?
    if unwrapper.isTransparent {
      event = framer.next(bytes, from: &offset, copies: false)
    } else {
      event = nextUnwrapped(bytes, from: &offset)
    }
    if case .malformed = event { state = .closed }
    return event
  }

  /// Says that the body has ended; the last record, or what is wrong with the end.
  ///
  /// One call gives all that is left; what follows it is skipped.
  package mutating func finish() -> PayloadEvent? {
    guard state == .open else { return nil }
    state = .closed
    guard unwrapper.finish(into: &plain) else { return .malformed(.badWrapping) }
    return nextFramed() ?? framer.finish()
  }

  /// Says that bytes of the body are missing; what was seen of the record that they cut.
  ///
  /// Revision 4 goes on after the next separator. Revision 3, whose lengths are of no use then, and wrapped payloads
  /// give up.
  package mutating func receive(gap: Int) -> PayloadEvent? {
    guard state == .open else { return nil }
    let event = framer.receiveGap()
    if !unwrapper.isTransparent || !framer.isSeparated { state = .closed }
    return event
  }

  private mutating func skip(_ bytes: RawSpan, from offset: inout Int) -> PayloadEvent? {
    skipped &+= max(0, bytes.byteCount &- offset)
    offset = bytes.byteCount
    return nil
  }

  private mutating func nextUnwrapped(_ bytes: RawSpan, from offset: inout Int) -> PayloadEvent? {
    var isWrappingBroken = false
    while true {
      // What stands before a fault is framed first, so that pieces don't matter.
      if let event = nextFramed() { return event }
      if isWrappingBroken { return .malformed(.badWrapping) }
      guard offset < bytes.byteCount else { return nil }
      plain.removeAll(keepingCapacity: true)
      plainOffset = 0
      while offset < bytes.byteCount, plain.count < Self.unwrappedChunk, !isWrappingBroken {
        isWrappingBroken = !unwrapper.receive(bytes.byte(at: offset), into: &plain)
        if !isWrappingBroken { offset += 1 }
      }
    }
  }

  /// The next record in the bytes that were unwrapped.
  private mutating func nextFramed() -> PayloadEvent? {
    guard plainOffset < plain.count else { return nil }
    let chunk = plain
    var position = plainOffset
    defer { plainOffset = position }
    return framer.next(chunk.span.bytes, from: &position, copies: true)
  }
}
