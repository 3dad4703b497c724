import Bytes

/// The options of a TCP header that the analysis needs (RFC 9293 section 3.2, RFC 7323, RFC 2018).
///
/// Packed in 24 bytes, because every segment carries one.
package struct TCPOptions: Hashable, Sendable {
  @usableFromInline var present: Present = []
  private var maximumSegmentSizeField: UInt16 = 0
  private var windowScaleField: UInt8 = 0
  /// How many SACK blocks there are; 0 where the option is absent.
  package private(set) var sackBlockCount: UInt8 = 0
  @usableFromInline var timestampField = TCPTimestamp(value: 0, echo: 0)
  private var firstSACKBlockField = SACKBlock(left: SequenceNumber(0), right: SequenceNumber(0))

  @usableFromInline
  struct Present: OptionSet, Hashable, Sendable {
    @usableFromInline var rawValue: UInt8

    @inlinable
    init(rawValue: UInt8) { self.rawValue = rawValue }

    static let maximumSegmentSize = Present(rawValue: 1)
    static let windowScale = Present(rawValue: 2)
    static let sackPermitted = Present(rawValue: 4)
    @inlinable static var timestamp: Present { Present(rawValue: 8) }
    static let malformed = Present(rawValue: 16)
  }

  /// No options.
  @inline(__always)
  package init() {}

  /// Options with given values, for a header that is built, not read.
  package init(
    maximumSegmentSize: UInt16? = nil, windowScale: UInt8? = nil, isSACKPermitted: Bool = false,
    timestamp: TCPTimestamp? = nil, firstSACKBlock: SACKBlock? = nil, sackBlockCount: UInt8? = nil
  ) {
    if let maximumSegmentSize { set(maximumSegmentSize: maximumSegmentSize) }
    if let windowScale { set(windowScale: windowScale) }
    if isSACKPermitted { present.insert(.sackPermitted) }
    if let timestamp { set(timestamp: timestamp) }
    if let firstSACKBlock { set(firstSACKBlock: firstSACKBlock, count: sackBlockCount ?? 1) }
  }

  /// Reads the options that stand in a range; what comes after a malformed one is not read.
  @inline(__always)
  static func read(from bytes: RawSpan, in range: Range<Int>) -> TCPOptions {
    // RFC 7323 appendix A recommends this layout, and nearly every segment of a connection has it.
    if range.count == 12, bytes.uint32(at: range.lowerBound) == 0x0101_080a {
      return TCPOptions(plain: TCPTimestamp(reading: bytes, at: range.lowerBound &+ 4))
    }
    return range.isEmpty ? TCPOptions() : readList(bytes, in: range)
  }

  /// The timestamp option alone.
  @inline(__always)
  private init(plain timestamp: TCPTimestamp) {
    present = .timestamp
    timestampField = timestamp
  }

  /// The largest segment that the sender takes; in a SYN only.
  package var maximumSegmentSize: UInt16? { present.contains(.maximumSegmentSize) ? maximumSegmentSizeField : nil }

  /// The shift of later windows, as it stands in the option; in a SYN only.
  ///
  /// RFC 7323 section 2.3: whoever uses it takes any shift beyond 14 for 14.
  package var windowScale: UInt8? { present.contains(.windowScale) ? windowScaleField : nil }

  /// Whether the sender understands selective acknowledgements; in a SYN only.
  package var isSACKPermitted: Bool { present.contains(.sackPermitted) }

  /// The timestamp option.
  @inlinable @inline(__always)
  package var timestamp: TCPTimestamp? { present.contains(.timestamp) ? timestampField : nil }

  /// The first SACK block, the most recent; a duplicate's where it is a D-SACK (RFC 2883).
  package var firstSACKBlock: SACKBlock? { sackBlockCount > 0 ? firstSACKBlockField : nil }

  /// Whether an option had an impossible length, or the capture cut the list.
  package var isMalformed: Bool { present.contains(.malformed) }

  private mutating func set(maximumSegmentSize: UInt16) {
    maximumSegmentSizeField = maximumSegmentSize
    present.insert(.maximumSegmentSize)
  }

  private mutating func set(windowScale: UInt8) {
    windowScaleField = windowScale
    present.insert(.windowScale)
  }

  @inline(__always)
  private mutating func set(timestamp: TCPTimestamp) {
    timestampField = timestamp
    present.insert(.timestamp)
  }

  private mutating func set(firstSACKBlock: SACKBlock, count: UInt8) {
    firstSACKBlockField = firstSACKBlock
    sackBlockCount = count
  }

  /// These options, found to be malformed after the last.
  var malformed: TCPOptions {
    var options = self
    options.present.insert(.malformed)
    return options
  }
}

extension TCPOptions {
  /// Walks the list of options: one byte each for end (0) and padding (1), kind, length and value for all others.
  @inline(never)
  private static func readList(_ bytes: RawSpan, in range: Range<Int>) -> TCPOptions {
    var options = TCPOptions()
    var offset = range.lowerBound
    while offset < range.upperBound, bytes.byte(at: offset) != 0 {
      if bytes.byte(at: offset) == 1 {
        offset += 1
        continue
      }
      guard offset + 1 < range.upperBound else { return options.malformed }
      let length = Int(bytes.byte(at: offset + 1))
      guard length >= 2, length <= range.upperBound - offset else { return options.malformed }
      options.read(bytes, at: offset, length: length)
      offset += length
    }
    return options
  }

  /// Takes one option in, `offset` at its kind; an option of a length that its document rules out is malformed.
  private mutating func read(_ bytes: RawSpan, at offset: Int, length: Int) {
    switch (bytes.byte(at: offset), length) {
    case (2, 4): set(maximumSegmentSize: bytes.uint16(at: offset + 2))
    case (3, 3): set(windowScale: bytes.byte(at: offset + 2))
    case (4, 2): present.insert(.sackPermitted)
    case (5, 10...) where (length - 2) % 8 == 0:
      set(firstSACKBlock: SACKBlock(reading: bytes, at: offset + 2), count: UInt8((length - 2) / 8))
    case (8, 10): set(timestamp: TCPTimestamp(reading: bytes, at: offset + 2))
    case (2...5, _), (8, _): present.insert(.malformed)
    default: break
    }
  }
}

/// The timestamp option's two clocks (RFC 7323 section 3.2).
package struct TCPTimestamp: Hashable, Sendable {
  /// The sender's clock (TSval), of a unit and origin that only the sender knows.
  package var value: UInt32
  /// The latest clock of the receiver that the sender has seen (TSecr).
  package var echo: UInt32

  @inlinable
  package init(value: UInt32, echo: UInt32) {
    self.value = value
    self.echo = echo
  }

  @inline(__always)
  init(reading bytes: RawSpan, at offset: Int) {
    value = bytes.uint32(at: offset)
    echo = bytes.uint32(at: offset &+ 4)
  }
}

/// A run of bytes that a selective acknowledgement reports (RFC 2018 section 3).
package struct SACKBlock: Hashable, Sendable {
  /// The first byte's number.
  package var left: SequenceNumber
  /// The number after the last byte's.
  package var right: SequenceNumber

  @inlinable
  package init(left: SequenceNumber, right: SequenceNumber) {
    self.left = left
    self.right = right
  }

  init(reading bytes: RawSpan, at offset: Int) {
    left = SequenceNumber(bytes.uint32(at: offset))
    right = SequenceNumber(bytes.uint32(at: offset + 4))
  }
}
