import Packets
import WebSocket

/// Writes frames for tests, conformant or not.
struct FrameEncoder {
  /// Whose frames: a client's are masked.
  var direction: Direction
  var key = MaskingKey(rawValue: 0x37fa_213d)

  /// How the length is written.
  enum LengthForm { case minimal, sixteenBits, sixtyFourBits }

  func frame(
    _ opcode: Opcode, _ payload: [UInt8] = [], isFinal: Bool = true, rsv: UInt8 = 0, isMasked: Bool? = nil,
    form: LengthForm = .minimal, announced: UInt64? = nil
  ) -> [UInt8] {
    let masks = isMasked ?? (direction == .clientToServer)
    let length = announced ?? UInt64(payload.count)
    var bytes: [UInt8] = [(isFinal ? 0x80 : 0) | rsv << 4 | opcode.rawValue]
    let mask: UInt8 = masks ? 0x80 : 0
    if form == .minimal, length < 126 {
      bytes.append(mask | UInt8(length))
    } else if form != .sixtyFourBits, length <= 0xffff {
      bytes += [mask | 126, UInt8(length >> 8), UInt8(length & 0xff)]
    } else {
      bytes.append(mask | 127)
      bytes += (0..<8).map { UInt8(truncatingIfNeeded: length >> UInt64(56 - 8 * $0)) }
    }
    guard masks else { return bytes + payload }
    bytes += (0..<4).map { key[$0] }
    return bytes + masked(payload)
  }

  private func masked(_ payload: [UInt8]) -> [UInt8] {
    let mask = (0..<4).map { key[$0] }
    return [UInt8](unsafeUninitializedCapacity: payload.count) { buffer, count in
      for index in payload.indices { buffer[index] = payload[index] ^ mask[index & 3] }
      count = payload.count
    }
  }

  func text(_ text: String, isFinal: Bool = true, rsv: UInt8 = 0) -> [UInt8] {
    frame(.text, Array(text.utf8), isFinal: isFinal, rsv: rsv)
  }

  func continuation(_ text: String, isFinal: Bool = true) -> [UInt8] {
    frame(.continuation, Array(text.utf8), isFinal: isFinal)
  }

  func close(_ code: UInt16? = nil, _ reason: [UInt8] = []) -> [UInt8] {
    frame(.close, (code.map { [UInt8($0 >> 8), UInt8($0 & 0xff)] } ?? []) + reason)
  }

  /// A message in frames of at most a number of payload bytes; RSV1 on the first where it is compressed.
  func fragments(_ opcode: Opcode, _ payload: [UInt8], of size: Int, isCompressed: Bool = false) -> [UInt8] {
    var bytes: [UInt8] = []
    var start = 0
    repeat {
      let end = min(start + size, payload.count)
      bytes += frame(
        start == 0 ? opcode : .continuation, Array(payload[start..<end]), isFinal: end == payload.count,
        rsv: isCompressed && start == 0 ? 4 : 0)
      start = end
    } while start < payload.count
    return bytes
  }
}
