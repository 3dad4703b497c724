import Bytes
import Packets
import SocketIO
import Streams
import WebSocket

extension Analyzer {
  /// Takes what a decoder tells beside messages.
  mutating func note(
    _ event: Event, _ conversation: Conversation, _ channel: WebSocketChannel, _ bytes: RawSpan, from offset: Int,
    _ direction: Direction, _ at: PacketReference
  ) {
    switch event {
    case .violation(let violation): note(violation, conversation, channel, direction, at)
    case .limit(let name, let value): state.reached.note(name.rawValue, value: Int(clamping: value))
    case .desynchronized(.http):
      noteHTTP(bytes.extracting(offset..<bytes.byteCount), conversation, direction, at)
    case .resynchronized: channel.watch.hasGuessed[direction] = hasLost(conversation, direction)
    case .piece(.input(let range)): channel.hash?.take(bytes.extracting(range), direction)
    case .piece(.scratch(let range)): channel.hash?.take(scratch.bytes.span.bytes.extracting(range), direction)
    case .desynchronized(.payloadLength), .message: break
    }
  }

  /// Whether bytes of a direction are missing from the capture.
  private func hasLost(_ conversation: Conversation, _ direction: Direction) -> Bool {
    conversation.firstHole[direction] != nil || conversation.ends.truncatedBytes[direction] > 0
  }

  private mutating func note(
    _ violation: Violation, _ conversation: Conversation, _ channel: WebSocketChannel, _ direction: Direction,
    _ at: PacketReference
  ) {
    guard !channel.watch.hasGuessed[direction] else { return }
    let rule = BrokenRule(name: violation.rule.rawValue, section: violation.rule.section)
    let entry = channel.watch.violations.note(
      rule, direction, value: violation.value, isTolerated: violation.isTolerated, at: at)
    guard let entry, let place = place(of: conversation) else { return }
    let isGuess = table[conversation.slot].roleEvidence < .application
    state.events.append(.ruleBroken(ViolationFacts(entry, place, rolesInferred: isGuess)))
  }

  /// Follows the upgrade from long-polling: `2probe`, `3probe`, `5`.
  mutating func probe(
    _ packet: EnginePacket, _ conversation: Conversation, _ channel: WebSocketChannel, _ place: MessagePlace
  ) {
    switch (packet.type, place.direction) {
    case (.ping, .clientToServer) where packet.isProbe: channel.watch.probe.sent = place.at
    case (.pong, .serverToClient) where packet.isProbe: channel.watch.probe.answered = place.at
    case (.upgrade, _):
      channel.isProbing = false
      channel.watch.probe.completed = place.at
      probeCompleted(channel, conversation, place.at)
    case (_, .serverToClient) where channel.watch.probe.answered == nil && channel.watch.probe.sent != nil:
      channel.watch.probe.unexpected = channel.watch.probe.unexpected ?? place.at
      if packet.type == .message { channel.isProbing = false }
    case (.message, _): channel.isProbing = false
    default: break
    }
  }

  /// Takes a compressed message: its inflater is awake, and one that could not be read leaves the session unknown.
  mutating func noteCompressed(
    _ message: Message, _ conversation: Conversation, _ channel: WebSocketChannel, _ place: MessagePlace
  ) {
    awake.note(channel, place.direction, at: place.at.time)
    guard message.isOpaque else { return }
    if message.isDictionaryUnknown { channel.watch.noteUnknownDictionary(place.direction, at: place.at) }
    guard let session = conversation.session else { return }
    session.lose(
      hop: conversation.hop, place.direction, isCut: false, hidesAnswers: place.direction == .serverToClient,
      at: place.at)
  }

  /// A server closes so soon for what it can't read.
  private static let promptly = Interval.seconds(1)

  /// What an empty Close frame of the server stands for; `nil` for any other, and where nothing before it tells.
  func closeCause(of channel: WebSocketChannel, _ conversation: Conversation) -> CloseCause? {
    guard let close = channel.close, close.by == .serverToClient, close.code == nil, let session = conversation.session
    else { return nil }
    if channel.isProbing { return .upgradeTimeout }
    if session.saidGoodbye { return .goodbye }
    let hop = session.hops[conversation.hop]
    let broken = [channel.watch.violations.latest(by: .clientToServer), hop.violations.latest(by: .clientToServer)]
      .compactMap { $0 }.max { $0.last.time < $1.last.time }
    if let broken, close.at.time - broken.last.time < Self.promptly { return .violation(broken.rule.name) }
    if let interrupted = hop.attachments.clientToServer.interrupted, close.at.time - interrupted.time < Self.promptly {
      return .interruptedAttachments
    }
    if let timers = session.timers, hop.heartbeat.overdue(timers, at: close.at.time, asked: nil) != nil {
      return .heartbeat
    }
    if hop.namespaces.hasJoined { return nil }
    if !hop.namespaces.asked.isEmpty { return .connectUnanswered }
    if hop.namespaces.wasRefused { return .connectRefused }
    return hop.namespaces.awaitsConnect ? .neverConnected : nil
  }
}
