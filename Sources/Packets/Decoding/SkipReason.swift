import Bytes

/// Why a packet that may hold TCP was not decoded.
package enum SkipReason: Hashable, Sendable {
  /// The capture's link type is not decoded here.
  case unknownLinkType(LinkType)
  /// The packet ends, or the snap length cut it, within a header.
  case truncatedHeader(Layer)
  /// A header has a value that its document rules out.
  case malformed(Layer)
  /// The packet carries a network protocol that is not decoded here, MACsec for one.
  case notIP(EtherType)
  /// The rest of the datagram never came, or too late; see ``PacketDecoder/incompleteFragments``.
  case fragmentIncomplete
  /// Headers are nested deeper than ``PacketDecoder/maximumHeaderCount``.
  case tooManyHeaders

  init(_ error: ParseError) {
    switch error.reason {
    case .short: self = .truncatedHeader(error.layer)
    case .invalid, .limit: self = .malformed(error.layer)
    }
  }
}

extension SkipReason: CustomStringConvertible {
  /// The reason in a few words of English, as the end of "skipped: …".
  package var description: String {
    switch self {
    case .unknownLinkType(let linkType): "link type \(linkType) is not supported"
    case .truncatedHeader(let layer): "\(layer.headerName) header cut short"
    case .malformed(let layer): "\(layer.headerName) header malformed"
    case .notIP(let type): "EtherType \(type) is not IP"
    case .fragmentIncomplete: "IP fragments incomplete"
    case .tooManyHeaders: "headers nested too deep"
    }
  }
}

extension Layer {
  /// The layer in a sentence.
  fileprivate var headerName: String {
    switch self {
    case .vlan: "VLAN"
    case .ip: "IP"
    case .fragment: "IP fragment"
    case .tcp: "TCP"
    default: rawValue
    }
  }
}
