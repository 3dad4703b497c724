import Bytes

/// What of a response's body is the same on every leg, although a proxy may compress it or cut it into other pieces.
package struct BodyFingerprint: Sendable {
  /// So many first bytes are compared: more than what all answers of one server begin with, and seldom more than the first
  /// few pieces, because a hole in them leaves nothing to compare.
  static let openingLength = 128

  /// A hash of the first bytes, content codings undone (FNV-1a).
  private var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  private var count = 0
  private var hasHole = false
  private var isWhole = false

  /// Takes the next bytes of the body.
  mutating func add(_ bytes: RawSpan) {
    guard !hasHole else { return }
    for index in 0..<min(bytes.byteCount, max(0, Self.openingLength - count)) {
      hash = (hash ^ UInt64(bytes.byte(at: index))) &* 0x100_0000_01b3
    }
    count &+= bytes.byteCount
  }

  /// Passes over bytes that are not known; what follows them is not known by its place.
  mutating func lose() { hasHole = true }

  /// Takes the end of a body of which all could be read.
  mutating func end() { isWhole = !hasHole }

  /// What the first bytes are known by; `nil` where there are too few, or the capture misses some.
  package var opening: UInt64? { count >= Self.openingLength ? hash : nil }

  /// The length of the body, content codings undone; `nil` where not all of it could be read.
  package var length: Int? { isWhole ? count : nil }

  package init() {}
}
