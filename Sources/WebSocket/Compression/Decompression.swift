/// What a direction knows of its peer's compression.
struct Decompression {
  /// What the handshake said of this direction.
  enum Agreement: BitwiseCopyable, Sendable, Equatable {
    /// permessage-deflate was not agreed on.
    case none
    /// The sender may refer to earlier messages, in a window of 2^`bits` bytes.
    case takeover(bits: UInt8)
    /// The sender begins each message with an empty window.
    case noTakeover
    /// The handshake was not seen.
    case unknown

    /// Whether RSV1 may be set.
    var allowsRSV1: Bool { self != .none }

    /// Whether the window outlives the message.
    var keepsWindow: Bool { self != .noTakeover }

    var windowBits: UInt8 { if case .takeover(let bits) = self { bits } else { 15 } }
  }

  var inflater: Inflater?
  /// Whether bytes that the sender may refer to were not seen.
  ///
  /// A message that only refers to bytes since then inflates all the same, and zlib refuses every other.
  var isHistoryPartial = false
  /// Bytes inflated since the window was last empty, up to its size.
  var historyLength = 0

  /// The size of the largest window: with so many bytes known, nothing older can be referred to.
  static let windowSize = 1 << 15

  /// Forgets the window after bytes that were missed or could not be inflated.
  mutating func loseHistory() {
    inflater?.reset()
    isHistoryPartial = true
    historyLength = 0
  }

  /// Counts inflated bytes towards a window that is known again.
  mutating func extendHistory(by count: Int) {
    historyLength = min(historyLength + count, Decompression.windowSize)
    if historyLength == Decompression.windowSize { isHistoryPartial = false }
  }
}
