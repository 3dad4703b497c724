import Bytes

/// An IPv6 header (RFC 8200 section 3) with the extension headers that stand before its payload.
package struct IPv6Header: Hashable, Sendable {
  /// Octets after the fixed header as its field says; 0 for a jumbogram (RFC 2675) or segmentation offload.
  package var payloadLength: Int
  /// Octets of extension headers that were stepped over.
  package var extensionLength: Int
  package var hopLimit: UInt8
  /// What follows the last extension header.
  package var nextProtocol: IPProtocol
  package var source: IPAddress
  package var destination: IPAddress
  package var fragment: Fragment?

  /// The fragment header (RFC 8200 section 4.5).
  package struct Fragment: Hashable, Sendable {
    package var identification: UInt32
    /// In octets.
    package var offset: Int
    package var moreFragments: Bool
  }

  /// Reads the header and its extension headers from the front of `bytes`, which then begin with the payload.
  ///
  /// - Throws: `ParseError` where the version is another or the bytes end within a header.
  package init(parsing bytes: inout RawSpan) throws(ParseError) {
    guard bytes.byteCount >= 40 else { throw .short(.ip, needed: 40, available: bytes.byteCount) }
    guard bytes.byte(at: 0) >> 4 == 6 else { throw ParseError(.ip, .invalid("version")) }
    payloadLength = Int(bytes.uint16(at: 4))
    nextProtocol = IPProtocol(rawValue: bytes.byte(at: 6))
    hopLimit = bytes.byte(at: 7)
    source = IPAddress(high: bytes.uint64(at: 8), low: bytes.uint64(at: 16))
    destination = IPAddress(high: bytes.uint64(at: 24), low: bytes.uint64(at: 32))
    extensionLength = 0
    let first = nextProtocol
    var at = 40
    if first != .tcp { at = try skipExtensions(bytes, from: 40) }
    extensionLength = at - 40
    bytes = bytes.extracting(at..<bytes.byteCount)
  }

  private mutating func skipExtensions(_ bytes: RawSpan, from start: Int) throws(ParseError) -> Int {
    var at = start
    while true {
      let length: Int
      switch nextProtocol {
      case .hopByHop, .routing, .destinationOptions, .mobility, .authentication:
        guard bytes.byteCount >= at + 8 else { throw .short(.ip, needed: at + 8, available: bytes.byteCount) }
        let units = Int(bytes.byte(at: at + 1))
        // RFC 4302 section 2.2 counts in 32-bit words, all others in 64-bit ones.
        length = nextProtocol == .authentication ? (units + 2) * 4 : (units + 1) * 8
      case .fragment:
        guard bytes.byteCount >= at + 8 else { throw .short(.ip, needed: at + 8, available: bytes.byteCount) }
        let field = bytes.uint16(at: at + 2)
        fragment = Fragment(
          identification: bytes.uint32(at: at + 4), offset: Int(field & 0xfff8), moreFragments: field & 1 != 0)
        length = 8
      default:
        return at
      }
      guard bytes.byteCount >= at + length else { throw .short(.ip, needed: at + length, available: bytes.byteCount) }
      nextProtocol = IPProtocol(rawValue: bytes.byte(at: at))
      at += length
      // What follows a later fragment's header is the middle of a payload, not a header.
      if let fragment, fragment.offset > 0 { return at }
    }
  }
}
