import Bytes

/// The header of an Ethernet frame (IEEE 802.3 section 3.1.1), without preamble and tags.
package struct EthernetHeader: Equatable, Sendable {
  /// What the frame carries; a length where it is below 0x0600.
  package var type: EtherType

  package static let byteCount = 14

  /// Takes the header from the front of a frame.
  @inline(__always)
  package init(parsing bytes: inout RawSpan) throws(ParseError) {
    try bytes.require(EthernetHeader.byteCount, .link)
    type = EtherType(rawValue: bytes.uint16(at: 12))
    bytes.drop(EthernetHeader.byteCount)
  }
}
