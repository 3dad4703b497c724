import Bytes

/// Working memory for unmasked and inflated bytes, one for all decoders of a thread.
///
/// What an event names in it is there until the next call that gets it.
package struct Scratch {
  /// The bytes that a `PayloadLocation.scratch` range is about.
  package var bytes: [UInt8]

  /// Unmasked bytes that wait to be inflated.
  var deflated: [UInt8]

  /// An inflater that nobody needs now, so that messages without context takeover don't each make one.
  var spareInflater: Inflater?

  /// How many bytes are unmasked or inflated at once.
  ///
  /// 64 KiB: most messages whole, and still within a core's second cache.
  package static let runLength = 64 << 10

  /// An empty buffer.
  package init() {
    bytes = [UInt8](repeating: 0, count: Scratch.runLength)
    deflated = []
  }

  /// Makes kept bytes the buffer's beginning, and leaves the array given empty.
  mutating func show(_ kept: inout [UInt8]) -> PayloadLocation {
    let count = kept.count
    if count > Scratch.runLength {
      bytes = kept
      kept = []
    } else if count > 0 {
      if bytes.count > Scratch.runLength { bytes = [UInt8](repeating: 0, count: Scratch.runLength) }
      bytes.withUnsafeMutableBytes { target in
        kept.withUnsafeBytes { target.copyMemory(from: $0) }
      }
      kept.removeAll(keepingCapacity: true)
    }
    return .scratch(0..<count)
  }

  /// Gives back a buffer that one great message made long.
  mutating func shrink() {
    if bytes.count != Scratch.runLength { bytes = [UInt8](repeating: 0, count: Scratch.runLength) }
  }
}

/// Where the bytes of an event are.
package enum PayloadLocation: Equatable, Sendable {
  /// In the span that was passed to `next`.
  case input(Range<Int>)
  /// In the scratch buffer that was passed, until the next call.
  case scratch(Range<Int>)

  /// How many bytes there are.
  package var count: Int {
    switch self {
    case .input(let range), .scratch(let range): range.count
    }
  }

  /// The place of the bytes from an index on; empty where there are fewer.
  package func dropFirst(_ dropped: Int) -> PayloadLocation {
    switch self {
    case .input(let range): .input(min(range.lowerBound + dropped, range.upperBound)..<range.upperBound)
    case .scratch(let range): .scratch(min(range.lowerBound + dropped, range.upperBound)..<range.upperBound)
    }
  }
}
