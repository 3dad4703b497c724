import Bytes
import Packets
import WebSocket

/// Blanks the payloads of one direction's WebSocket frames; headers stay bit for bit, and masks with them.
struct FrameBlanking {
  /// Payload of one message that is looked at as a whole; beyond it everything is filled.
  private static let longestMessage = 4 << 20

  private let direction: Direction
  private let isEngineIO: Bool
  private let packets: PacketBlanking
  private var header: [UInt8] = []
  private var frame: Frame?
  private var message: Message?
  /// Whether the place in the stream is lost: nothing that follows can be told apart.
  private var isLost = false

  private struct Frame {
    var opcode: Opcode
    var key: MaskingKey
    var isFinal: Bool
    var position = 0
    var remaining: UInt64
  }

  /// A data message that is not over.
  private struct Message {
    var opcode: Opcode
    var isCompressed: Bool
    var plain: [UInt8] = []
    /// For each run of `plain` the mask it had: its key, its position in the frame, its length.
    var runs: [(key: MaskingKey, position: Int, count: Int)] = []
    /// Whether it is filled byte by byte from here on.
    var isGivenUp = false
  }

  init(_ direction: Direction, marker: Marker, isEngineIO: Bool) {
    self.direction = direction
    self.isEngineIO = isEngineIO
    packets = PacketBlanking(marker: marker)
  }

  mutating func receive(_ bytes: RawSpan, _ queue: inout BlankingQueue) {
    var offset = 0
    while offset < bytes.byteCount {
      if isLost {
        if offset == 0, startsFrames(bytes) {
          isLost = false
          message = nil
          continue
        }
        queue.append(stuffing(bytes.byteCount - offset))
        return
      }
      if frame == nil {
        readHeader(bytes, &offset, &queue)
      } else {
        readPayload(bytes, &offset, &queue)
      }
    }
  }

  /// Whether a segment begins with a frame and holds nothing but frames: most segments do, so that the place is found
  /// again behind a hole.
  private func startsFrames(_ bytes: RawSpan) -> Bool {
    var offset = 0
    while offset < bytes.byteCount {
      guard let header = try? FrameHeader(parsing: bytes, at: offset) else { return false }
      let isPlausible = !header.opcode.isReserved && !header.rsv2 && !header.rsv3 && header.isLengthMinimal
      guard isPlausible, header.isMasked == (direction == .clientToServer) else { return false }
      guard header.payloadLength <= UInt64(bytes.byteCount - offset - header.headerLength) else { return false }
      offset += header.headerLength + Int(header.payloadLength)
    }
    return true
  }

  /// Bytes in the place of those that can't be told apart: pongs, which every decoder passes over.
  private func stuffing(_ count: Int) -> [UInt8] {
    let mask: [UInt8] = direction == .clientToServer ? [0, 0, 0, 0] : []
    let least = 2 + mask.count
    var bytes: [UInt8] = []
    while count - bytes.count >= least {
      let rest = count - bytes.count - least
      // What would be left over must be room for another frame, or nothing.
      let payload = rest <= 125 ? rest : min(125, rest - least)
      bytes += [0x8a, UInt8(payload) | (mask.isEmpty ? 0 : 0x80)] + mask
      bytes += repeatElement(Filler.byte, count: payload)
    }
    return bytes + repeatElement(0, count: count - bytes.count)
  }

  private mutating func readHeader(_ bytes: RawSpan, _ offset: inout Int, _ queue: inout BlankingQueue) {
    header.append(bytes.byte(at: offset))
    offset += 1
    guard let parsed = try? FrameHeader(parsing: header.span.bytes) else { return }
    queue.append(header)
    header = []
    isLost = parsed.isLengthMSBSet
    if !parsed.opcode.isControl, parsed.opcode != .continuation {
      giveUp(&queue)
      message = Message(opcode: parsed.opcode, isCompressed: parsed.rsv1)
    }
    frame = Frame(
      opcode: parsed.opcode, key: parsed.maskingKey ?? .zero, isFinal: parsed.isFinal, remaining: parsed.payloadLength)
    endFrame(&queue)
  }

  private mutating func readPayload(_ bytes: RawSpan, _ offset: inout Int, _ queue: inout BlankingQueue) {
    guard let current = frame else { return }
    let count = Int(min(current.remaining, UInt64(bytes.byteCount - offset)))
    let piece = bytes.copy(offset..<offset + count)
    offset += count
    frame?.remaining -= UInt64(count)
    frame?.position += count
    if current.opcode.isControl {
      queue.append(control(piece, current))
    } else if message != nil, message?.isGivenUp == false {
      let plain = FrameBlanking.masked(piece, current.key, from: current.position)
      message?.plain += plain
      message?.runs.append((current.key, current.position, count))
      queue.owe(count)
      if queue.owed > FrameBlanking.longestMessage { giveUp(&queue) }
    } else {
      queue.append(FrameBlanking.filled(count, current))
    }
    endFrame(&queue)
  }

  private mutating func endFrame(_ queue: inout BlankingQueue) {
    guard let ended = frame, ended.remaining == 0 else { return }
    frame = nil
    guard ended.isFinal, !ended.opcode.isControl else { return }
    settle(&queue)
    message = nil
  }

  private static func masked(_ bytes: [UInt8], _ key: MaskingKey, from position: Int) -> [UInt8] {
    key == .zero ? bytes : bytes.indices.map { bytes[$0] ^ key[position + $0] }
  }

  private static func filled(_ count: Int, _ frame: Frame) -> [UInt8] {
    masked([UInt8](repeating: Filler.byte, count: count), frame.key, from: frame.position)
  }

  /// A control frame's payload is filled; of a Close frame the code stays.
  private func control(_ piece: [UInt8], _ frame: Frame) -> [UInt8] {
    var filled = FrameBlanking.filled(piece.count, frame)
    guard frame.opcode == .close else { return filled }
    for index in piece.indices where frame.position + index < 2 { filled[index] = piece[index] }
    return filled
  }

  /// Blanks the message that is over, and gives its bytes.
  private mutating func settle(_ queue: inout BlankingQueue) {
    guard let message, !message.isGivenUp else { return }
    var plain = message.plain
    if message.isCompressed {
      plain = CodedFiller.message(plain.count, isEngineIO: isEngineIO && message.opcode == .text)
    } else if message.opcode != .text {
      packets.binary(&plain, plain.indices)
    } else if isEngineIO {
      packets.packet(&plain, plain.indices, isFromClient: direction == .clientToServer)
    } else {
      packets.plain(&plain)
    }
    var masked: [UInt8] = []
    masked.reserveCapacity(plain.count)
    var start = 0
    for run in message.runs {
      masked += FrameBlanking.masked(Array(plain[start..<start + run.count]), run.key, from: run.position)
      start += run.count
    }
    queue.settle(masked)
  }

  /// Settles a message that will not be seen to its end.
  private mutating func giveUp(_ queue: inout BlankingQueue) {
    settle(&queue)
    message?.isGivenUp = true
    message?.plain = []
    message?.runs = []
  }

  /// Passes over bytes that the capture misses: within a payload the place stays known, elsewhere it is lost.
  mutating func receive(gap: Int, _ queue: inout BlankingQueue) {
    giveUp(&queue)
    if let remaining = frame?.remaining, UInt64(gap) <= remaining {
      frame?.remaining = remaining - UInt64(gap)
      frame?.position += gap
      queue.skip(gap)
      endFrame(&queue)
      return
    }
    if !header.isEmpty { queue.append(stuffing(header.count)) }
    header = []
    isLost = true
    queue.skip(gap)
  }

  /// Settles what is open when the stream is over.
  mutating func finish(_ queue: inout BlankingQueue) {
    giveUp(&queue)
    if !header.isEmpty { queue.append(header) }
    header = []
  }
}
