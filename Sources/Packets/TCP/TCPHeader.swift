import Bytes

/// The header of a TCP segment (RFC 9293 section 3.1).
package struct TCPHeader: Hashable, Sendable {
  package var source: UInt16
  package var destination: UInt16
  package var sequence: SequenceNumber
  package var acknowledgement: SequenceNumber
  package var flags: TCPFlags
  /// The header's bytes on the wire, with its options.
  package var headerLength: UInt8
  /// The window as it stands in the header, not yet scaled.
  package var window: UInt16
  package var urgentPointer: UInt16
  package var options: TCPOptions

  /// The bytes of a header without options.
  package static let minimumByteCount = 20

  /// A header that is built, not read.
  package init(
    source: UInt16, destination: UInt16, sequence: SequenceNumber, acknowledgement: SequenceNumber = SequenceNumber(0),
    flags: TCPFlags, window: UInt16 = 0, options: TCPOptions = TCPOptions(), headerLength: UInt8 = 20
  ) {
    self.source = source
    self.destination = destination
    self.sequence = sequence
    self.acknowledgement = acknowledgement
    self.flags = flags
    self.headerLength = headerLength
    self.window = window
    urgentPointer = 0
    self.options = options
  }

  /// Takes the header with its options from the front of a segment.
  ///
  /// Options that are malformed or cut by the snap length cost only themselves (``TCPOptions/isMalformed``): the fixed
  /// part stands, and as many of `headerLength` bytes are taken as there are.
  @inline(__always)
  package init(parsing bytes: inout RawSpan) throws(ParseError) {
    try bytes.require(TCPHeader.minimumByteCount, .tcp)
    let offsetAndFlags = bytes.uint16(at: 12)
    guard offsetAndFlags >= 0x5000 else { throw ParseError(.tcp, .invalid("data offset")) }
    source = bytes.uint16(at: 0)
    destination = bytes.uint16(at: 2)
    sequence = SequenceNumber(bytes.uint32(at: 4))
    acknowledgement = SequenceNumber(bytes.uint32(at: 8))
    flags = TCPFlags(rawValue: offsetAndFlags & 0x01ff)
    headerLength = UInt8(truncatingIfNeeded: (offsetAndFlags >> 12) * 4)
    window = bytes.uint16(at: 14)
    urgentPointer = bytes.uint16(at: 18)
    let captured = min(Int(headerLength), bytes.byteCount)
    let options = TCPOptions.read(from: bytes, in: TCPHeader.minimumByteCount..<captured)
    self.options = captured < Int(headerLength) ? options.malformed : options
    bytes.drop(captured)
  }
}
