import Bytes

/// The options of a TCP header that say something about the connection (RFC 9293 3.2, RFC 7323, RFC 2018).
package struct TCPOptions: Hashable, Sendable {
  /// The largest segment that the sender takes, in octets; only on a SYN.
  package var maximumSegmentSize: UInt16?
  /// How many bits the window field is to be shifted; only on a SYN, at most 14 by RFC 7323 section 2.3.
  package var windowScale: UInt8?
  package var sackPermitted = false
  package var timestamps: Timestamps?
  package var sackBlockCount: UInt8 = 0
  package var firstSACKBlock: SACK?

  /// The timestamps option (RFC 7323 section 3).
  package struct Timestamps: Hashable, Sendable {
    package var value: UInt32
    package var echo: UInt32

    @inlinable
    package init(value: UInt32, echo: UInt32) {
      self.value = value
      self.echo = echo
    }
  }

  /// A block of sequence numbers that arrived out of order (RFC 2018 section 3).
  package struct SACK: Hashable, Sendable {
    package var left: SequenceNumber
    package var right: SequenceNumber

    package init(left: SequenceNumber, right: SequenceNumber) {
      self.left = left
      self.right = right
    }
  }

  @inlinable
  package init() {}

  /// Reads the options in a range of a header.
  init(parsing bytes: RawSpan, range: Range<Int>) {
    var at = range.lowerBound
    // Nearly every segment has just NOP, NOP, timestamps (RFC 7323 appendix A).
    if range.count == 12, bytes.uint32(at: at) == 0x0101_080a {
      timestamps = Timestamps(value: bytes.uint32(at: at + 4), echo: bytes.uint32(at: at + 8))
      return
    }
    while at < range.upperBound {
      let kind = bytes.byte(at: at)
      if kind == 0 { return }
      if kind == 1 {
        at += 1
        continue
      }
      guard at + 2 <= range.upperBound else { return }
      let length = Int(bytes.byte(at: at + 1))
      guard length >= 2, at + length <= range.upperBound else { return }
      read(kind: kind, length: length, at: at + 2, of: bytes)
      at += length
    }
  }

  private mutating func read(kind: UInt8, length: Int, at: Int, of bytes: RawSpan) {
    switch (kind, length) {
    case (2, 4): maximumSegmentSize = bytes.uint16(at: at)
    case (3, 3): windowScale = min(bytes.byte(at: at), 14)
    case (4, 2): sackPermitted = true
    case (5, 10...):
      sackBlockCount = UInt8((length - 2) / 8)
      firstSACKBlock = SACK(
        left: SequenceNumber(rawValue: bytes.uint32(at: at)), right: SequenceNumber(rawValue: bytes.uint32(at: at + 4)))
    case (8, 10): timestamps = Timestamps(value: bytes.uint32(at: at), echo: bytes.uint32(at: at + 4))
    default: break
    }
  }
}
