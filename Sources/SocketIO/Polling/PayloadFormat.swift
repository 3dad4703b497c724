import Bytes

/// How the packets of a long-polling body are put together.
package struct PayloadFormat: Hashable, Sendable {
  package var wrapping: Wrapping
  package var framing: Framing

  /// What is around the payload.
  package enum Wrapping: UInt8, Sendable {
    case none
    /// The script of a JSONP response, `___eio[0]("…");`.
    case jsonpResponse
    /// The form of a JSONP request, `d=…`.
    case jsonpForm
  }

  /// How packets are told apart.
  package enum Framing: UInt8, Sendable {
    /// Revision 4: packets separated by the byte 0x1e.
    case separated
    /// Revision 3: `<length in UTF-16 code units>:<packet>`.
    case counted
    /// Revision 3, `application/octet-stream`: 0x00 (text) or 0x01 (binary), a byte for each digit of the length in
    /// bytes, 0xff, packet.
    case countedBinary
  }

  @inlinable
  package init(_ framing: Framing, wrapping: Wrapping = .none) {
    self.wrapping = wrapping
    self.framing = framing
  }

  /// The format that a body's first byte shows, for a session of a known revision.
  ///
  /// A form is told by the caller, who knows the request's content type and its `j=`; `d` begins no other body.
  package static func detect(firstByte: UInt8, version: EngineIOVersion) -> PayloadFormat {
    let text: Framing = version == .v4 ? .separated : .counted
    return switch firstByte {
    case UInt8(ascii: "_"): PayloadFormat(text, wrapping: .jsonpResponse)
    case UInt8(ascii: "d"): PayloadFormat(text, wrapping: .jsonpForm)
    case 0x00, 0x01: PayloadFormat(version == .v3 ? .countedBinary : .separated)
    default: PayloadFormat(text)
    }
  }

  /// The format that the body's beginning shows, where the revision is not known.
  ///
  /// Revision 3 puts a colon behind the first digits, which no packet of revision 4 has: there `0` is followed by `{`,
  /// and `4` by a Socket.IO type and no colon.
  package static func detect(head bytes: RawSpan) -> PayloadFormat? {
    guard bytes.byteCount > 0 else { return nil }
    let first = bytes.byte(at: 0)
    if first == UInt8(ascii: "_") {
      guard let quote = bytes.firstOffset(of: UInt8(ascii: "\"")), quote + 1 < bytes.byteCount else { return nil }
      let inner = bytes.extracting(quote + 1..<bytes.byteCount)
      return PayloadFormat(isCounted(inner) ? .counted : .separated, wrapping: .jsonpResponse)
    }
    if bytes.starts(with: "d=") {
      let inner = bytes.extracting(2..<bytes.byteCount)
      return PayloadFormat(isCounted(inner) ? .counted : .separated, wrapping: .jsonpForm)
    }
    if first <= 1 { return PayloadFormat(.countedBinary) }
    return PayloadFormat(isCounted(bytes) ? .counted : .separated)
  }

  /// Whether digits and a colon (bare or as `%3A`) begin the bytes.
  private static func isCounted(_ bytes: RawSpan) -> Bool {
    var offset = 0
    while offset < bytes.byteCount, bytes.byte(at: offset) &- 0x30 <= 9 { offset += 1 }
    guard offset > 0, offset < bytes.byteCount else { return false }
    return bytes.byte(at: offset) == UInt8(ascii: ":") || bytes.starts(with: "%3A", at: offset)
      || bytes.starts(with: "%3a", at: offset)
  }
}
