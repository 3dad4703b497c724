/// A WebSocket frame (RFC 6455 section 5.2), valid unless a test makes it otherwise.
package struct FrameBuilder: Hashable, Sendable {
  package var isFinal = true
  /// The three reserved bits, RSV1 as 4, RSV2 as 2, RSV3 as 1.
  package var reserved: UInt8 = 0
  package var opcode: UInt8
  /// The masking key, `nil` for an unmasked frame.
  package var maskingKey: UInt32?
  /// The payload before masking.
  package var payload: [UInt8]
  package var lengthForm: LengthForm = .minimal

  package init(opcode: UInt8, payload: [UInt8], isFinal: Bool = true, maskingKey: UInt32? = nil) {
    self.opcode = opcode
    self.payload = payload
    self.isFinal = isFinal
    self.maskingKey = maskingKey
  }

  /// How the payload length is written.
  package enum LengthForm: Hashable, Sendable {
    /// As short as the length allows, as the RFC demands.
    case minimal
    /// In the 16-bit extended field, whatever the length.
    case sixteenBits
    /// In the 64-bit extended field, whatever the length.
    case sixtyFourBits
    /// A length that the payload does not have, in the 64-bit field.
    case claiming(UInt64)
  }

  package static func text(_ text: String, isFinal: Bool = true) -> FrameBuilder {
    FrameBuilder(opcode: 1, payload: Array(text.utf8), isFinal: isFinal)
  }

  package static func binary(_ payload: [UInt8], isFinal: Bool = true) -> FrameBuilder {
    FrameBuilder(opcode: 2, payload: payload, isFinal: isFinal)
  }

  package static func continuation(_ payload: [UInt8], isFinal: Bool) -> FrameBuilder {
    FrameBuilder(opcode: 0, payload: payload, isFinal: isFinal)
  }

  package static func ping(_ payload: [UInt8] = []) -> FrameBuilder { FrameBuilder(opcode: 9, payload: payload) }

  package static func pong(_ payload: [UInt8] = []) -> FrameBuilder { FrameBuilder(opcode: 10, payload: payload) }

  /// A Close frame; without a code its payload is empty, as Engine.IO sends it.
  package static func close(_ code: UInt16? = nil, reason: String = "") -> FrameBuilder {
    var payload: [UInt8] = []
    if let code { payload.append(uint16: code) }
    return FrameBuilder(opcode: 8, payload: payload + Array(reason.utf8))
  }

  /// The same frame, masked with a key.
  package func masked(with key: UInt32 = 0x37fa_213d) -> FrameBuilder {
    var frame = self
    frame.maskingKey = key
    return frame
  }

  /// The frame's bytes.
  package var bytes: [UInt8] {
    var bytes = [(isFinal ? 0x80 : 0) | (reserved & 7) << 4 | (opcode & 15)]
    let maskBit: UInt8 = maskingKey == nil ? 0 : 0x80
    switch (lengthForm, payload.count) {
    case (.claiming(let length), _):
      bytes.append(maskBit | 127)
      bytes.append(uint64: length)
    case (.minimal, ..<126): bytes.append(maskBit | UInt8(payload.count))
    case (.minimal, ..<65_536), (.sixteenBits, _):
      bytes.append(maskBit | 126)
      bytes.append(uint16: UInt16(payload.count))
    case (.minimal, _), (.sixtyFourBits, _):
      bytes.append(maskBit | 127)
      bytes.append(uint64: UInt64(payload.count))
    }
    guard let maskingKey else { return bytes + payload }
    bytes.append(uint32: maskingKey)
    return bytes + payload.enumerated().map { $1 ^ UInt8(truncatingIfNeeded: maskingKey >> (24 - 8 * ($0 % 4))) }
  }
}
