/// A message, data or control, as far as it came.
package struct Message: Equatable, Sendable {
  /// Text, binary, ping, pong or close; continuation where the message's first frame was not seen.
  package var opcode: Opcode
  /// What is to know of it, as bits.
  package var flags: Flags
  /// The status code of a Close frame; `nil` in others and in a Close frame without one.
  package var closeCode: CloseCode?
  /// The masking key of the first frame; meaningful where `isMasked` is set.
  package var maskingKey: MaskingKey
  /// How many frames it came in.
  package var frames: UInt32
  /// The length of its payload in bytes, unmasked and inflated; for an opaque message that on the wire.
  package var payloadLength: UInt64
  /// The length of its frames' payloads on the wire in bytes, that is, compressed where it is.
  package var wireLength: UInt64
  /// Where its first bytes are, at most as many as the payload limit says; in a Close frame the code is among them.
  package var payload: PayloadLocation

  /// Facts of a message; the properties of `Message` read them.
  package struct Flags: OptionSet, Hashable, Sendable {
    /// The facts as bits.
    package var rawValue: UInt16

    /// Facts given as bits.
    @inlinable
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The first frame was masked.
    package static let masked = Flags(rawValue: 1 << 0)
    /// The first frame had RSV1, and permessage-deflate may be in use.
    package static let compressed = Flags(rawValue: 1 << 1)
    /// The capture missed bytes of it.
    package static let lost = Flags(rawValue: 1 << 2)
    /// The capture kept only the beginning of a packet with bytes of it.
    package static let cut = Flags(rawValue: 1 << 3)
    /// Its last frame did not come before something else took its place.
    package static let unfinished = Flags(rawValue: 1 << 4)
    /// It could not be inflated.
    package static let opaque = Flags(rawValue: 1 << 5)
    /// Its length is at least `payloadLength`.
    package static let lengthUnknown = Flags(rawValue: 1 << 6)
    /// It is a text, or has a Close reason, that is not UTF-8.
    package static let invalidUTF8 = Flags(rawValue: 1 << 7)
    /// It could not be inflated because it refers to bytes that the capture misses.
    package static let dictionaryUnknown = Flags(rawValue: 1 << 8)
  }

  /// Whether its first frame was masked.
  @inlinable
  package var isMasked: Bool { flags.contains(.masked) }

  /// Whether it came compressed by permessage-deflate.
  @inlinable
  package var isCompressed: Bool { flags.contains(.compressed) }

  /// Whether all of it, from its first frame to its last, was there to be read.
  @inlinable
  package var isComplete: Bool { flags.isDisjoint(with: [.lost, .cut, .unfinished]) }

  /// Whether bytes of it are missing because the capture kept only the beginning of packets.
  @inlinable
  package var isCut: Bool { flags.contains(.cut) }

  /// Whether its payload stayed compressed, because the window that it refers to is not known or it is malformed.
  @inlinable
  package var isOpaque: Bool { flags.contains(.opaque) }

  /// Whether it is opaque because what it refers to was not captured, and not for a fault of its own.
  package var isDictionaryUnknown: Bool { flags.contains(.dictionaryUnknown) }

  /// Whether `payloadLength` is the true length and not the least that it can be.
  @inlinable
  package var isLengthKnown: Bool { !flags.contains(.lengthUnknown) }

  /// Whether it is a text that is not UTF-8.
  @inlinable
  package var isInvalidUTF8: Bool { flags.contains(.invalidUTF8) }

  /// Whether all of the message is in `payload`.
  package var isWhole: Bool { isComplete && !isPreview }

  /// Whether `payload` has fewer bytes than the message.
  @inlinable
  package var isPreview: Bool { UInt64(payload.count) < payloadLength }

  /// Where the reason of a Close frame is.
  package var reason: PayloadLocation { payload.dropFirst(2) }
}
