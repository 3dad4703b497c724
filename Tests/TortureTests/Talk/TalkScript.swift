import Packets
import TestSupport

/// Writes a conversation.
struct TalkScript {
  private(set) var conversation: Conversation
  private(set) var messages = Directional<[SentMessage]>(both: [])
  private(set) var frames = Directional<[SentFrame]>(both: [])
  private let style: TalkStyle
  private var random: SeededGenerator
  private let compressors = Directional(clientToServer: Compressor(), serverToClient: Compressor())

  init(_ style: TalkStyle) {
    self.style = style
    random = SeededGenerator(seed: style.seed)
    conversation = Conversation(
      client: style.client, server: style.server, start: style.start, initialSequences: style.initialSequences)
    conversation.hasTimestamps = style.hasTimestamps
    conversation.maximumSegmentSize = style.maximumSegmentSize
    // 8 MB: no burst fills it.
    conversation.windows = Directional(both: 65_535)
  }

  /// Says everything.
  mutating func run() {
    conversation.handshake()
    conversation.upgrade(target: "/live", extensions: extensions)
    let (up, down) = (style.lengths.clientToServer, style.lengths.serverToClient)
    let before = down.count - style.tail
    for turn in 0..<max(up.count, before) {
      if turn < up.count { say(.clientToServer, up[turn], turn) }
      if turn < before { say(.serverToClient, down[turn], turn) }
    }
    if style.tail > 0 {
      control(.clientToServer, .close(1000))
      conversation.halfClose(.clientToServer)
      conversation.acknowledge(.serverToClient)
      for turn in before..<down.count { say(.serverToClient, down[turn], turn) }
    }
    end()
  }

  private mutating func end() {
    guard style.ending != .nothing else { return }
    if style.tail > 0 {
      control(.serverToClient, .close(1000))
      conversation.halfClose(.serverToClient)
      conversation.acknowledge(.clientToServer)
    } else {
      control(.clientToServer, .close(1000))
      control(.serverToClient, .close(1000))
      if style.ending == .finish { conversation.finish(by: .serverToClient) }
    }
  }

  private var extensions: String? {
    switch style.compression {
    case .none: nil
    case .eachAlone: "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
    case .withContext: "permessage-deflate"
    }
  }

  /// Sends a message: each third is text, each ninth in three frames with a ping between them.
  private mutating func say(_ direction: Direction, _ length: Int, _ turn: Int) {
    let isText = turn % 3 == 0 || style.compression != .none
    let payload = isText ? text(length) : random.bytes(length)
    let index = messages[direction].count
    messages[direction].append(SentMessage(isText: isText, payload))
    let wire = deflated(payload, direction)
    let opcode: UInt8 = isText ? 1 : 2
    guard turn % 9 == 8, wire.count >= 3, style.compression == .none else {
      var frame = FrameBuilder(opcode: opcode, payload: wire)
      if style.compression != .none { frame.reserved = 4 }
      return send(direction, [frame], of: index)
    }
    let (third, rest) = (wire.count / 3, wire.count - wire.count / 3)
    send(direction, [FrameBuilder(opcode: opcode, payload: Array(wire[..<third]), isFinal: false)], of: index)
    control(direction, .ping([UInt8(turn & 0xff)]))
    send(direction, [.continuation(Array(wire[third..<rest]), isFinal: false)], of: index, isFirst: false)
    send(direction, [.continuation(Array(wire[rest...]), isFinal: true)], of: index, isFirst: false)
  }

  private mutating func control(_ direction: Direction, _ frame: FrameBuilder) { send(direction, [frame], of: nil) }

  private mutating func send(_ direction: Direction, _ built: [FrameBuilder], of message: Int?, isFirst: Bool = true) {
    var offset = Int(conversation.nextSequence(direction) &- style.initialSequences[direction] &- 1)
    var bytes: [UInt8] = []
    for var frame in built {
      if direction == .clientToServer { frame.maskingKey = UInt32(truncatingIfNeeded: random.next()) | 0x0101_0101 }
      let wire = frame.bytes
      let payload = offset + wire.count - frame.payload.count
      frames[direction].append(
        SentFrame(
          message: message, isFirst: isFirst, header: offset..<payload, payload: payload..<offset + wire.count))
      offset += wire.count
      bytes += wire
    }
    conversation.send(direction, bytes: bytes)
  }

  /// Text with characters of one to four bytes, of exactly a length.
  private mutating func text(_ length: Int) -> [UInt8] {
    let words = ["token ", "größe ", "ответ ", "東京 ", "🚀 ", "\(random.next() % 1000) "]
    var bytes: [UInt8] = []
    while bytes.count < length {
      let word = Array(words[Int(random.next() % UInt64(words.count))].utf8)
      bytes += bytes.count + word.count <= length ? word : [UInt8](repeating: 0x78, count: length - bytes.count)
    }
    return bytes
  }

  private mutating func deflated(_ payload: [UInt8], _ direction: Direction) -> [UInt8] {
    switch style.compression {
    case .none: payload
    case .eachAlone: Compressor().message(payload)
    case .withContext: compressors[direction].message(payload)
    }
  }
}
