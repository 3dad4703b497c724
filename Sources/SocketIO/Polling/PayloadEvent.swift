/// The bounds of a `PayloadDecoder`.
package struct PayloadLimits: Equatable, Sendable {
  /// The bytes of a record that are kept where it must be copied.
  ///
  /// This is what a report shows of a payload by default, and has room for a Socket.IO head. A record that lies whole in one piece is not copied and not cut.
  package var preview = 4096
  /// The most digits of a record's length: 10^12 bytes in one body is not a length.
  package var digits = 12

  package init() {}
}

/// What a long-polling body yields.
package enum PayloadEvent: Equatable, Sendable {
  case record(PayloadRecord)
  /// The body breaks its format; nothing more will come of it.
  case malformed(PayloadFault)
}

/// One packet of a long-polling body.
package struct PayloadRecord: Equatable, Sendable {
  /// Where its bytes are, or the first of them.
  package var place: Place
  /// Its length on the wire in bytes, escapes undone; what was seen of it where it is not complete.
  package var length: Int
  /// Whether it is binary by its framing; base64 records are text.
  package var isBinary: Bool
  /// False where bytes of it are missing in the capture.
  package var isComplete: Bool
  /// How many `=` end it, for the length of base64 whose end is beyond the preview.
  package var padding: Int

  @inlinable
  package init(place: Place, length: Int, isBinary: Bool, isComplete: Bool = true, padding: Int = 0) {
    self.place = place
    self.length = length
    self.isBinary = isBinary
    self.isComplete = isComplete
    self.padding = padding
  }

  /// Where a record's bytes are.
  package enum Place: Equatable, Sendable {
    /// In the span that `next` got.
    case input(Range<Int>)
    /// In the decoder's `scratch`, until the next call.
    case scratch(Range<Int>)

    /// How many bytes there are.
    package var count: Int {
      switch self {
      case .input(let range), .scratch(let range): range.count
      }
    }
  }

  /// Whether all its bytes are in `place`.
  package var isWhole: Bool { isComplete && place.count == length }

  /// The number of bytes that a base64 record stands for, behind a prefix of `b` (revision 4) or `b4` (revision 3).
  package func decodedLength(prefix: Int) -> Int {
    Base64.decodedLength(count: max(0, length - prefix), padding: padding)
  }
}

/// How a long-polling body breaks its format; the receiver says "parser error" and closes the session.
package enum PayloadFault: Equatable, Sendable {
  /// There is no packet at all.
  case empty
  /// The record's length is not a number, or has no colon.
  case badLength
  /// The body ends inside a record: `missing` bytes or UTF-16 code units are not there.
  case endsInsideRecord(missing: Int)
  /// A record's length ends inside a character that has two UTF-16 code units.
  case splitsCharacter
  /// A binary payload's record begins with neither 0 nor 1.
  case badMarker
  /// The script or form around the payload is not as Engine.IO writes it.
  case badWrapping
}
