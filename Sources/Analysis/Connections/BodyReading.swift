import Bytes
import HTTP
import Packets
import SocketIO

/// The bodies of HTTP: what an error says, and the packets of long-polling.
extension Analyzer {
  /// Reads a piece of a body, its content coding undone.
  mutating func body(
    _ bytes: RawSpan, _ exchange: Int, _ conversation: Conversation, _ direction: Direction, _ at: PacketReference
  ) {
    guard var open = conversation.exchanges[exchange] else { return }
    let isAnswer = direction == .serverToClient
    if isAnswer { open.shape?.arrived(bytes.byteCount, at: at) }
    if isAnswer, let content = open.content {
      let plain = decode(bytes, content)
      open.shape?.fingerprint.add(plain.span.bytes)
      read(plain.span.bytes, &open, conversation, direction, at)
      if content.isUnreadable { finish(&open, isCut: true, conversation, direction, at) }
    } else {
      if isAnswer { open.shape?.fingerprint.add(bytes) }
      read(bytes, &open, conversation, direction, at)
    }
    conversation.exchanges[exchange] = open
  }

  /// Undoes the content coding of a piece, as far as it can be.
  private mutating func decode(_ bytes: RawSpan, _ content: BodyContent) -> [UInt8] {
    guard !content.isUnreadable else { return [] }
    var plain: [UInt8] = []
    switch content.decoder?.decode(bytes, into: &plain) {
    case .more, .end: break
    case .limit:
      if let reached = content.decoder?.reachedLimit { state.reached.note(reached.name, value: reached.value) }
      content.isUnreadable = true
    case .malformed, nil: content.isUnreadable = true
    }
    return plain
  }

  private mutating func read(
    _ bytes: RawSpan, _ open: inout Conversation.OpenExchange, _ conversation: Conversation, _ direction: Direction,
    _ at: PacketReference
  ) {
    // What stands in the place of a 101 tells why, whatever its status.
    if direction == .serverToClient, open.summary.status != 200 || open.summary.isUpgrade {
      let room = state.options.limits.bodyExcerpt - open.bodyExcerpt.count
      if room > 0 { open.bodyExcerpt += bytes.copy(0..<min(room, bytes.byteCount)) }
      return
    }
    if open.summary.request == nil, open.poll == nil, direction == .serverToClient {
      open.poll = Poll(answer: bytes)
      if open.poll != nil { conversation.transport = .polling }
    }
    guard open.poll?.payloadDirection == direction, var poll = open.poll else { return }
    open.poll = nil
    let version = poll.version
    var isRepeat = false
    poll.read(bytes, limit: state.options.payloadLimit) { bytes, record in
      if isRepeated(bytes, record, open.summary) { isRepeat = true }
      pollRecord(bytes, record, version, conversation, direction, at)
    }
    open.poll = poll
    if isRepeat { open.summary.cause = .cachedAnswer }
  }

  /// Passes over bytes of a body that the capture misses; nothing of a compressed one can be read after them.
  mutating func lose(
    _ length: Int, ofBody exchange: Int, _ conversation: Conversation, _ direction: Direction, _ at: PacketReference
  ) {
    guard var open = conversation.exchanges[exchange] else { return }
    if direction == .serverToClient { open.shape?.fingerprint.lose() }
    if direction == .serverToClient, let content = open.content {
      content.isUnreadable = true
      finish(&open, isCut: true, conversation, direction, at)
    } else if open.poll?.payloadDirection == direction, var poll = open.poll {
      open.poll = nil
      let version = poll.version
      poll.lose(length) { bytes, record in pollRecord(bytes, record, version, conversation, direction, at) }
      open.poll = poll
    }
    conversation.exchanges[exchange] = open
  }

  /// Passes over bytes of a chunked response of which it is not known how many were the body's: only when and in how many
  /// pieces the rest of it came is of use.
  mutating func losePlace(
    inBody exchange: Int, _ conversation: Conversation, _ direction: Direction, _ at: PacketReference
  ) {
    guard var open = conversation.exchanges[exchange] else { return }
    open.shape?.fingerprint.lose()
    open.content?.isUnreadable = true
    finish(&open, isCut: true, conversation, direction, at)
    conversation.exchanges[exchange] = open
  }

  /// Reads the last packet of a long-polling payload, or what there is of it where the payload was cut.
  mutating func finish(
    _ open: inout Conversation.OpenExchange, isCut: Bool, _ conversation: Conversation, _ direction: Direction,
    _ at: PacketReference
  ) {
    guard open.poll?.payloadDirection == direction, var poll = open.poll,
      open.summary.status == 200 || direction == .clientToServer
    else { return }
    open.poll = nil
    let version = poll.version
    var isRepeat = false
    poll.finish(isCut: isCut) { bytes, record in
      if isRepeated(bytes, record, open.summary) { isRepeat = true }
      pollRecord(bytes, record, version, conversation, direction, at)
    }
    open.poll = poll
    if isRepeat { open.summary.cause = .cachedAnswer }
    if !isCut { judge(poll, conversation, direction, at) }
  }
}

/// The decoder of a body's content codings; shared because a decoder can't be copied.
final class BodyContent {
  /// `nil` where a coding is unknown.
  var decoder: ContentDecoder?
  /// Whether nothing more of the body can be read: a coding is unknown, bytes are missing or malformed, or a limit was
  /// reached.
  var isUnreadable: Bool

  /// The decoder of the codings that an answer names; `nil` where there are none to undo.
  init?(_ fields: HeaderFields) {
    guard let codings = fields.contentCodings else {
      isUnreadable = true
      return
    }
    guard !codings.isEmpty else { return nil }
    decoder = ContentDecoder(codings)
    isUnreadable = false
  }
}
