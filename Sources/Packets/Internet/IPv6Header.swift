import Bytes

/// The fixed header of an IPv6 packet (RFC 8200 section 3).
package struct IPv6Header: Equatable, Sendable {
  /// The bytes after this header; `nil` where the field is 0: a jumbogram (RFC 2675), or a packet that the network card
  /// is still to cut.
  package var payloadLength: Int?
  package var nextHeader: IPProtocol
  package var hopLimit: UInt8
  package var source: IPAddress
  package var destination: IPAddress

  package static let byteCount = 40

  /// Takes the header from the front of a packet.
  @inline(__always)
  package init(parsing bytes: inout RawSpan) throws(ParseError) {
    try bytes.require(IPv6Header.byteCount, .ip)
    guard bytes.byte(at: 0) >> 4 == 6 else { throw ParseError(.ip, .invalid("version")) }
    let length = Int(bytes.uint16(at: 4))
    payloadLength = length == 0 ? nil : length
    nextHeader = IPProtocol(rawValue: bytes.byte(at: 6))
    hopLimit = bytes.byte(at: 7)
    source = IPAddress(high: bytes.uint64(at: 8), low: bytes.uint64(at: 16))
    destination = IPAddress(high: bytes.uint64(at: 24), low: bytes.uint64(at: 32))
    bytes.drop(IPv6Header.byteCount)
  }
}
