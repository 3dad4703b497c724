import Bytes
import HTTP
import Packets
import SocketIO
import WebSocket

/// Both directions of a connection in pieces, with holes, and to its end.
func converse(_ script: inout InputScript) {
  var dialogue = Dialogue(midStream: script.byte() & 1 != 0)
  while !script.isEmpty {
    let action = script.byte()
    let direction: Direction = action & 1 == 0 ? .clientToServer : .serverToClient
    if action & 0xf0 == 0xf0 {
      _ = dialogue.receive(gap: script.number(), direction: direction)
    } else {
      hear(script.piece(), direction, &dialogue)
    }
    if let held = dialogue.releaseHeldBack(force: action & 0xe0 == 0xe0) { hear(held, .clientToServer, &dialogue) }
  }
  for direction in Direction.allCases {
    while dialogue.finish(direction: direction, cleanly: true) != nil {}
  }
}

private func hear(_ bytes: [UInt8], _ direction: Direction, _ dialogue: inout Dialogue) {
  let span = bytes.span.bytes
  var offset = 0
  while let event = dialogue.next(span, from: &offset, direction: direction) {
    switch event {
    case .request(let head, _):
      _ = (head.path, head.query, head.host, head.queryItems.count, head.fields.contentCodings)
      _ = UpgradeRequest(head)?.faults
    case .response(let head, _): _ = UpgradeAnswer(head)?.faults(for: nil)
    case .body(let range, _): precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
    default: break
    }
    precondition(offset <= bytes.count)
  }
}

/// A body in pieces, through up to three codings.
func decodeContent(_ script: inout InputScript) {
  let choice = script.byte()
  let all: [ContentCoding] = [.gzip, .deflate, .brotli]
  let codings = (0..<Int(choice & 3)).map { all[Int(choice >> (2 + 2 * $0)) % 3] }
  var limits = HTTPLimits()
  limits.decodedBytes = 1 << 20
  guard var decoder = ContentDecoder(codings, limits: limits) else { return }
  var output: [UInt8] = []
  while !script.isEmpty {
    let piece = script.piece()
    if decoder.decode(piece.span.bytes, into: &output) != .more { break }
  }
  precondition(output.count <= limits.decodedBytes)
}

/// One direction's frames in pieces, with holes and rests.
func decodeFrames(_ script: inout InputScript) {
  let choice = script.byte()
  var parameters: DeflateParameters?
  if choice & 2 != 0 {
    parameters = DeflateParameters()
    parameters?.clientNoContextTakeover = choice & 4 != 0
    parameters?.serverMaxWindowBits = 8 + choice >> 5
  }
  var decoder = MessageDecoder(
    direction: choice & 1 == 0 ? .clientToServer : .serverToClient, deflate: parameters,
    limits: WebSocketLimits(payload: choice & 8 != 0 ? 64 : 4096), isMidStream: choice & 16 != 0)
  decoder.wantsPieces = script.byte() & 1 != 0
  var scratch = Scratch()
  while !script.isEmpty {
    switch script.byte() {
    case 0xff: check(decoder.receive(gap: script.number(), scratch: &scratch), 0, scratch)
    case 0xfe: check(decoder.receive(truncated: script.number(), scratch: &scratch), 0, scratch)
    case 0xfd: decoder.releaseIdleState()
    default:
      let piece = script.piece()
      var offset = 0
      while let event = decoder.next(piece.span.bytes, from: &offset, scratch: &scratch) {
        check(event, piece.count, scratch)
      }
      precondition(offset == piece.count)
    }
    _ = decoder.pending
  }
}

/// Whether what an event names is there.
private func check(_ event: Event?, _ count: Int, _ scratch: Scratch) {
  let place: PayloadLocation
  switch event {
  case .piece(let named): place = named
  case .message(let message): place = message.payload
  default: return
  }
  switch place {
  case .input(let range): precondition(range.lowerBound >= 0 && range.upperBound <= count)
  case .scratch(let range): precondition(range.lowerBound >= 0 && range.upperBound <= scratch.bytes.count)
  }
}

/// A long-polling body of any format, in pieces.
func decodePayload(_ script: inout InputScript) {
  let choice = script.byte()
  let framing = PayloadFormat.Framing(rawValue: choice & 3) ?? .separated
  let wrapping = PayloadFormat.Wrapping(rawValue: choice >> 2 & 3) ?? .none
  var limits = PayloadLimits()
  limits.preview = 16
  var decoder = PayloadDecoder(PayloadFormat(framing, wrapping: wrapping), limits: limits)
  while !script.isEmpty {
    if script.byte() == 0xff { _ = decoder.receive(gap: script.number()) }
    let piece = script.piece()
    var offset = 0
    while let event = decoder.next(piece.span.bytes, from: &offset) {
      guard case .record(let record) = event else { continue }
      switch record.place {
      case .input(let range): precondition(range.upperBound <= piece.count)
      case .scratch(let range): precondition(range.upperBound <= decoder.scratch.count)
      }
      precondition(record.decodedLength(prefix: 1) >= 0)
    }
  }
  _ = decoder.finish()
}

/// One message as every kind of packet of Engine.IO and Socket.IO.
func parseSocketPackets(_ input: [UInt8]) {
  let span = input.span.bytes
  for version in EngineIOVersion.allCases {
    _ = try? EnginePacket(parsingText: span, version: version)
    _ = try? EnginePacket(parsingBinary: span, version: version)
  }
  var table = NameTable(seed: 7)
  for isWhole in [true, false] {
    guard let packet = try? SocketPacket(parsing: span, in: 0..<input.count, isWhole: isWhole) else { continue }
    _ = (packet.eventName(in: span), packet.namespaceName(in: span), table.id(of: packet, in: span))
    _ = packet.value(forKey: "id", in: span)?.string(in: span)
    _ = ConnectData(parsing: span, in: packet.data)
    _ = ConnectErrorData(parsing: span, in: packet.data)
  }
  _ = PayloadFormat.detect(head: span)
}

/// One binary message as a packet of the msgpack parser.
func parseMessagePack(_ input: [UInt8]) {
  let span = input.span.bytes
  _ = MessagePackPacket.isLikely(span)
  for isWhole in [true, false] {
    let packet = try? MessagePackPacket(parsing: span, in: 0..<input.count, isWhole: isWhole)
    _ = packet?.eventName(in: span)
    _ = packet?.namespaceName(in: span)
  }
}

/// One text as a handshake and as a refusal.
func parseJSON(_ input: [UInt8]) {
  let span = input.span.bytes
  _ = try? EngineHandshake(parsing: span, in: 0..<input.count)
  _ = EngineError(body: span)
  _ = ConnectData(parsing: span, in: 0..<input.count)
  _ = ConnectErrorData(parsing: span, in: 0..<input.count).message
}
