import Bytes
import HTTP
import Packets
import SocketIO

/// A long-polling request of Engine.IO: which session it belongs to, and the payload that comes with it.
struct Poll {
  var sid: String?
  var version: EngineIOVersion
  /// Which way the payload goes: a GET's in the answer, a POST's in the request.
  var payloadDirection: Direction
  var decoder: PayloadDecoder?
  /// Whether nothing more can be read: the payload's beginning is missing, or its end was reached.
  private var isOver = false
  /// Whether the payload breaks its format.
  private(set) var isMalformed = false
  /// Whether the payload has the format of revision 3, although the request is one of revision 4.
  private(set) var isOlderRevision = false

  /// The poll that a request is; `nil` for any other request.
  ///
  /// The path is the application's to choose; the query tells: `EIO` (3 where it is missing) and `transport=polling`.
  init?(_ head: RequestHead) {
    guard head.queryValue("transport") == "polling" else { return nil }
    sid = head.queryValue("sid")
    version = head.queryValue("EIO") == "4" ? .v4 : .v3
    payloadDirection = head.method == "POST" ? .clientToServer : .serverToClient
  }

  /// The poll that an answer without its request is: an Engine.IO open packet stands at its beginning.
  init?(answer bytes: RawSpan) {
    guard bytes.starts(with: "0{\"sid\":") else { return nil }
    version = .v4
    payloadDirection = .serverToClient
  }

  /// Reads the packets of a piece of the payload.
  mutating func read(_ bytes: RawSpan, limit: Int, _ receive: (_ bytes: RawSpan, _ record: PayloadRecord) -> Void) {
    guard bytes.byteCount > 0, !isOver else { return }
    if decoder == nil {
      var limits = PayloadLimits()
      limits.preview = max(limits.preview, limit)
      isOlderRevision = version == .v4 && Poll.isCounted(bytes)
      let told = isOlderRevision ? EngineIOVersion.v3 : version
      decoder = PayloadDecoder(.detect(firstByte: bytes.byte(at: 0), version: told), limits: limits)
    }
    var offset = 0
    while let event = decoder?.next(bytes, from: &offset) { take(event, bytes, receive) }
  }

  /// Whether a body begins with a length, a colon and a packet of that length, as revision 3 writes it.
  private static func isCounted(_ bytes: RawSpan) -> Bool {
    var length = 0
    var offset = 0
    while offset < min(bytes.byteCount, 7), bytes.byte(at: offset) &- 0x30 <= 9 {
      length = length * 10 + Int(bytes.byte(at: offset) &- 0x30)
      offset += 1
    }
    guard length > 0, offset + 1 < bytes.byteCount, bytes.byte(at: offset) == UInt8(ascii: ":") else { return false }
    // A character takes a byte at least.
    return bytes.byte(at: offset + 1) &- 0x30 <= 6 && length <= bytes.byteCount - offset - 1
  }

  /// Passes over bytes of the payload that the capture misses.
  mutating func lose(_ length: Int, _ receive: (_ bytes: RawSpan, _ record: PayloadRecord) -> Void) {
    // Without its beginning, the payload's format is not known.
    if decoder == nil { isOver = true }
    if let event = decoder?.receive(gap: length) { take(event, RawSpan(), receive) }
  }

  /// Reads the payload's last record, which only its end shows to be whole; where it was cut, what there is of it.
  mutating func finish(isCut: Bool, _ receive: (_ bytes: RawSpan, _ record: PayloadRecord) -> Void) {
    if isCut {
      if let event = decoder?.receive(gap: 0) { take(event, RawSpan(), receive) }
      (decoder, isOver) = (nil, true)
      return
    }
    while let event = decoder?.finish() { take(event, RawSpan(), receive) }
  }

  private mutating func take(
    _ event: PayloadEvent, _ bytes: RawSpan, _ receive: (_ bytes: RawSpan, _ record: PayloadRecord) -> Void
  ) {
    guard case .record(let record) = event else {
      isMalformed = true
      return
    }
    switch record.place {
    case .input(let range): receive(bytes.extracting(range), record)
    case .scratch(let range):
      guard let scratch = decoder?.scratch else { return }
      receive(scratch.span.bytes.extracting(range), record)
    }
  }
}
