import Bytes

/// A TCP segment as it was captured: addresses, header, and where its payload lies.
package struct Segment: Sendable {
  package var reference: PacketReference
  package var source: Endpoint
  package var destination: Endpoint
  /// The VLAN identifiers of the frame as `LinkLayer` packs them; 0 without a tag.
  package var vlan: UInt64 = 0
  /// IPv4's identification, or 0 with IPv6.
  package var ipIdentification: UInt32 = 0
  package var timeToLive: UInt8 = 64
  /// The interface where the link type tells it, else 0.
  package var interfaceIndex: UInt32 = 0
  package var tcp: TCPHeader
  /// The captured payload in the bytes that were decoded.
  package var payload: Range<Int>
  /// The payload's length on the wire in octets: more than was captured where a snap length cut the packet.
  package var payloadLength: Int

  package init(
    reference: PacketReference, source: Endpoint, destination: Endpoint, tcp: TCPHeader, payload: Range<Int>,
    payloadLength: Int
  ) {
    self.reference = reference
    self.source = source
    self.destination = destination
    self.tcp = tcp
    self.payload = payload
    self.payloadLength = payloadLength
  }
}

/// Why a packet was not decoded; such packets are counted, and the rest goes on.
package enum SkipReason: Error, Hashable, Sendable {
  case unknownLinkType(LinkType)
  /// The capture ends within a header.
  case truncated(Layer)
  /// A header contradicts itself.
  case malformed(Layer)
  /// A limit on fragments left no room.
  case fragmentLimit

  init(_ error: ParseError) {
    switch error.reason {
    case .short: self = .truncated(error.layer)
    case .invalid, .limit: self = .malformed(error.layer)
    }
  }
}

extension SkipReason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknownLinkType(let type): "link type \(type.name) (\(type.rawValue)) is not known"
    case .truncated(let layer): "cut off in the \(layer.rawValue) header"
    case .malformed(let layer): "malformed \(layer.rawValue) header"
    case .fragmentLimit: "more IP fragments at once than are kept"
    }
  }
}
