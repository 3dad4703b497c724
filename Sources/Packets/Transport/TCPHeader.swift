import Bytes

/// The control bits of a TCP header (RFC 9293 section 3.1).
package struct TCPFlags: OptionSet, Hashable, Sendable {
  package var rawValue: UInt16

  @inlinable
  package init(rawValue: UInt16) { self.rawValue = rawValue }

  @inlinable package static var fin: TCPFlags { TCPFlags(rawValue: 0x01) }
  @inlinable package static var syn: TCPFlags { TCPFlags(rawValue: 0x02) }
  @inlinable package static var rst: TCPFlags { TCPFlags(rawValue: 0x04) }
  @inlinable package static var psh: TCPFlags { TCPFlags(rawValue: 0x08) }
  @inlinable package static var ack: TCPFlags { TCPFlags(rawValue: 0x10) }
  @inlinable package static var urg: TCPFlags { TCPFlags(rawValue: 0x20) }
}

/// A TCP header (RFC 9293 section 3.1) with its options.
package struct TCPHeader: Hashable, Sendable {
  package var sourcePort: UInt16
  package var destinationPort: UInt16
  package var sequence: SequenceNumber
  package var acknowledgement: SequenceNumber
  package var flags: TCPFlags
  /// The window field as it is on the wire, not scaled.
  package var window: UInt16
  package var options: TCPOptions

  package init(
    sourcePort: UInt16 = 0, destinationPort: UInt16 = 0, sequence: SequenceNumber, acknowledgement: SequenceNumber,
    flags: TCPFlags, window: UInt16, options: TCPOptions
  ) {
    self.sourcePort = sourcePort
    self.destinationPort = destinationPort
    self.sequence = sequence
    self.acknowledgement = acknowledgement
    self.flags = flags
    self.window = window
    self.options = options
  }

  /// Reads a header and its options from the front of `bytes`, which then begin with the payload.
  ///
  /// Options that are cut or malformed end the options, never the header.
  ///
  /// - Throws: `ParseError` where fewer bytes are there than the header has, or its length field is below 20.
  package init(parsing bytes: inout RawSpan) throws(ParseError) {
    guard bytes.byteCount >= 20 else { throw .short(.tcp, needed: 20, available: bytes.byteCount) }
    let offsetAndFlags = bytes.uint16(at: 12)
    let length = Int(offsetAndFlags >> 12) * 4
    guard length >= 20 else { throw ParseError(.tcp, .invalid("data offset")) }
    guard bytes.byteCount >= length else { throw .short(.tcp, needed: length, available: bytes.byteCount) }
    sourcePort = bytes.uint16(at: 0)
    destinationPort = bytes.uint16(at: 2)
    sequence = SequenceNumber(rawValue: bytes.uint32(at: 4))
    acknowledgement = SequenceNumber(rawValue: bytes.uint32(at: 8))
    flags = TCPFlags(rawValue: offsetAndFlags & 0x01ff)
    window = bytes.uint16(at: 14)
    options = length == 20 ? TCPOptions() : TCPOptions(parsing: bytes, range: 20..<length)
    bytes = bytes.extracting(length..<bytes.byteCount)
  }
}
