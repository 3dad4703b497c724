import Bytes

/// Tells the records of an unwrapped payload apart.
struct PayloadFramer: Sendable {
  /// The bytes of a record that is cut, up to the preview limit.
  private(set) var held: [UInt8] = []

  private let framing: PayloadFormat.Framing
  private let limits: PayloadLimits
  private var state = State.start
  /// Whether `held` was given out with the last event.
  private var isDelivered = false
  /// The bytes of the open record that came with earlier pieces.
  private var length = 0
  private var padding = 0
  private var isBinary = false
  /// Whether a byte has come at all.
  private var hasBegun = false

  private enum State: Equatable, Sendable {
    /// Between records.
    case start
    /// In the digits of a length.
    case digits(value: Int, count: Int)
    /// In a record of the separated framing.
    case separated
    /// In a record that has so many bytes to come.
    case bytes(Int)
    /// In a record that has so many UTF-16 code units to come, and continuation bytes of its last character.
    case codeUnits(Int, continuation: Int)
    /// After a gap, before the next separator.
    case resynchronizing
  }

  init(_ framing: PayloadFormat.Framing, limits: PayloadLimits) {
    self.framing = framing
    self.limits = limits
  }

  var isSeparated: Bool { framing == .separated }

  mutating func next(_ bytes: RawSpan, from offset: inout Int, copies: Bool) -> PayloadEvent? {
    if isDelivered { forget() }
    if offset < bytes.byteCount { hasBegun = true }
    while true {
      switch state {
      case .start:
        if framing == .separated {
          state = .separated
          continue
        }
        guard offset < bytes.byteCount else { return nil }
        if let fault = begin(bytes.byte(at: offset), &offset) { return .malformed(fault) }
      case .digits(let value, let count):
        guard offset < bytes.byteCount else { return nil }
        let byte = bytes.byte(at: offset)
        offset += 1
        if let fault = readDigit(byte, value, count) { return .malformed(fault) }
      case .resynchronizing:
        guard let separator = bytes.firstOffset(of: 0x1e, from: offset) else {
          offset = bytes.byteCount
          return nil
        }
        offset = separator + 1
        state = .separated
      case .separated:
        return separatedRecord(bytes, from: &offset, copies)
      case .bytes(let remaining):
        let end = offset + min(remaining, bytes.byteCount - offset)
        guard end - offset == remaining else {
          state = .bytes(remaining - (end - offset))
          hold(bytes, offset..<end)
          offset = end
          return nil
        }
        return deliver(bytes, from: &offset, to: end, copies)
      case .codeUnits(let remaining, let continuation):
        guard let end = codeUnits(bytes, from: offset, remaining, continuation) else {
          if case .codeUnits(let left, _) = state, left < 0 { return .malformed(.splitsCharacter) }
          hold(bytes, offset..<bytes.byteCount)
          offset = bytes.byteCount
          return nil
        }
        return deliver(bytes, from: &offset, to: end, copies)
      }
    }
  }

  mutating func finish() -> PayloadEvent? {
    if isDelivered { forget() }
    guard hasBegun else { return .malformed(.empty) }
    switch state {
    case .start where framing != .separated: return nil
    case .resynchronizing: return nil
    case .digits: return .malformed(.badLength)
    case .bytes(let missing): return .malformed(.endsInsideRecord(missing: missing))
    case .codeUnits(let missing, _): return .malformed(.endsInsideRecord(missing: missing))
    case .start, .separated: return record(isComplete: true)
    }
  }

  /// What was seen of the record that a gap cuts.
  mutating func receiveGap() -> PayloadEvent? {
    if isDelivered { forget() }
    hasBegun = true
    defer { state = .resynchronizing }
    return length > 0 ? record(isComplete: false) : nil
  }
}

// MARK: - Lengths

extension PayloadFramer {
  private mutating func begin(_ byte: UInt8, _ offset: inout Int) -> PayloadFault? {
    isBinary = false
    if framing == .countedBinary {
      guard byte <= 1 else { return .badMarker }
      isBinary = byte == 1
      offset += 1
    }
    state = .digits(value: 0, count: 0)
    return nil
  }

  private mutating func readDigit(_ byte: UInt8, _ value: Int, _ count: Int) -> PayloadFault? {
    let isText = framing == .counted
    let digit = isText ? byte &- 0x30 : byte
    if digit <= 9 {
      guard count < limits.digits else { return .badLength }
      state = .digits(value: value * 10 + Int(digit), count: count + 1)
      return nil
    }
    guard count > 0, byte == (isText ? UInt8(ascii: ":") : 0xff) else { return .badLength }
    state = isText ? .codeUnits(value, continuation: 0) : .bytes(value)
    return nil
  }

  /// The offset where so many UTF-16 code units end; `nil`, with the state moved on, where they do not end in the bytes.
  ///
  /// A character's code units are counted with its first byte: two for those of four bytes in UTF-8, else one.
  private mutating func codeUnits(
    _ bytes: RawSpan, from start: Int, _ remaining: Int, _ continuation: Int
  ) -> Int? {
    var remaining = remaining
    var continuation = continuation
    var offset = start
    while offset < bytes.byteCount {
      let byte = bytes.byte(at: offset)
      if byte & 0xc0 == 0x80, continuation > 0 {
        continuation -= 1
      } else {
        if remaining == 0 { return offset }
        remaining -= byte >= 0xf0 ? 2 : 1
        continuation = byte < 0xc0 ? 0 : byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3
        if remaining < 0 { break }
      }
      offset += 1
      if remaining == 0, continuation == 0 { return offset }
    }
    state = .codeUnits(remaining, continuation: continuation)
    return remaining == 0 && continuation == 0 ? offset : nil
  }
}

// MARK: - Records

extension PayloadFramer {
  private mutating func separatedRecord(_ bytes: RawSpan, from offset: inout Int, _ copies: Bool) -> PayloadEvent? {
    guard let separator = bytes.firstOffset(of: 0x1e, from: offset) else {
      hold(bytes, offset..<max(offset, bytes.byteCount))
      offset = max(offset, bytes.byteCount)
      return nil
    }
    let event = deliver(bytes, from: &offset, to: separator, copies)
    offset = separator + 1
    return event
  }

  /// Gives out the record that ends at `end`, in place where none of it came before.
  private mutating func deliver(_ bytes: RawSpan, from offset: inout Int, to end: Int, _ copies: Bool) -> PayloadEvent {
    let range = offset..<end
    offset = end
    guard length == 0, !copies else {
      hold(bytes, range)
      return record(isComplete: true)
    }
    state = .start
    var padding = 0
    while padding < 2, padding < range.count, bytes.byte(at: end - 1 - padding) == UInt8(ascii: "=") { padding += 1 }
    return .record(PayloadRecord(place: .input(range), length: range.count, isBinary: isBinary, padding: padding))
  }

  private mutating func record(isComplete: Bool) -> PayloadEvent {
    state = .start
    isDelivered = true
    return .record(
      PayloadRecord(
        place: .scratch(0..<held.count), length: length, isBinary: isBinary, isComplete: isComplete, padding: padding))
  }

  private mutating func hold(_ bytes: RawSpan, _ range: Range<Int>) {
    guard !range.isEmpty else { return }
    length &+= range.count
    let room = max(0, limits.preview - held.count)
    bytes.extracting(range.lowerBound..<range.lowerBound + min(room, range.count)).withUnsafeBytes {
      held.append(contentsOf: $0)
    }
    var trailing = 0
    while trailing < 2, trailing < range.count,
      bytes.byte(at: range.upperBound - 1 - trailing) == UInt8(ascii: "=")
    { trailing += 1 }
    padding = trailing == range.count ? min(2, padding + trailing) : trailing
  }

  private mutating func forget() {
    held.removeAll(keepingCapacity: true)
    length = 0
    padding = 0
    isDelivered = false
  }
}
