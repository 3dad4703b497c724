import Bytes

/// The header of the GPRS tunnelling protocol's user plane, GTPv1-U (3GPP TS 29.281 section 5).
package struct GTPHeader: Equatable, Sendable {
  /// Whether this is version 1, user plane.
  package var isUserPlane: Bool
  /// 255 is a packet of the user (G-PDU).
  package var messageType: UInt8
  /// The tunnel endpoint's identifier.
  package var endpointIdentifier: UInt32

  /// The bytes of a header without optional fields.
  package static let minimumByteCount = 8

  /// Takes the header with its extensions from the front of a UDP payload.
  package init(parsing bytes: inout RawSpan) throws(ParseError) {
    try bytes.require(GTPHeader.minimumByteCount, .tunnel)
    let flags = bytes.byte(at: 0)
    isUserPlane = flags & 0xf0 == 0x30
    messageType = bytes.byte(at: 1)
    endpointIdentifier = bytes.uint32(at: 4)
    bytes.drop(GTPHeader.minimumByteCount)
    guard isUserPlane, flags & 0x07 != 0 else { return }
    // Sequence number, N-PDU number and next extension's type are there together if any one is.
    try bytes.require(4, .tunnel)
    var next = flags & 0x04 != 0 ? bytes.byte(at: 3) : 0
    bytes.drop(4)
    while next != 0 { next = try GTPHeader.takeExtension(&bytes) }
  }

  /// Takes an extension header, and gives the type of the next; 0 is none.
  private static func takeExtension(_ bytes: inout RawSpan) throws(ParseError) -> UInt8 {
    try bytes.require(1, .tunnel)
    let length = Int(bytes.byte(at: 0)) * 4
    guard length > 0 else { throw ParseError(.tunnel, .invalid("extension header length")) }
    try bytes.require(length, .tunnel)
    let next = bytes.byte(at: length - 1)
    bytes.drop(length)
    return next
  }

  /// What follows: the user's IP packet, or signalling.
  var payload: HeaderKind { isUserPlane && messageType == 255 ? .ip : .other }
}
