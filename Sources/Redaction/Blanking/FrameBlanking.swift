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
        queue.append(FrameBlanking.noise(bytes.byteCount - offset))
        return
      }
      if frame == nil {
        readHeader(bytes, &offset, &queue)
      } else {
        readPayload(bytes, &offset, &queue)
      }
    }
  }

  /// Bytes that no decoder takes for frames: a reserved opcode with reserved bits.
  private static func noise(_ count: Int) -> [UInt8] { [UInt8](repeating: 0xff, count: count) }

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
    if !header.isEmpty { queue.append(FrameBlanking.noise(header.count)) }
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
