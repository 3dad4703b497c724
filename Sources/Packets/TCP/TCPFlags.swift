/// The control bits of a TCP header (RFC 9293 section 3.1; RFC 9768 for AE).
package struct TCPFlags: OptionSet, Hashable, Sendable {
  package var rawValue: UInt16

  @inlinable
  package init(rawValue: UInt16) { self.rawValue = rawValue }

  // Those of `OptionSet` are behind witness tables that other modules cannot see through.
  @inlinable @inline(__always)
  package static func == (a: TCPFlags, b: TCPFlags) -> Bool { a.rawValue == b.rawValue }

  @inlinable @inline(__always)
  package func contains(_ flags: TCPFlags) -> Bool { rawValue & flags.rawValue == flags.rawValue }

  @inlinable @inline(__always)
  package func subtracting(_ flags: TCPFlags) -> TCPFlags { TCPFlags(rawValue: rawValue & ~flags.rawValue) }

  @inlinable package static var fin: TCPFlags { TCPFlags(rawValue: 0x001) }
  @inlinable package static var syn: TCPFlags { TCPFlags(rawValue: 0x002) }
  @inlinable package static var rst: TCPFlags { TCPFlags(rawValue: 0x004) }
  @inlinable package static var psh: TCPFlags { TCPFlags(rawValue: 0x008) }
  @inlinable package static var ack: TCPFlags { TCPFlags(rawValue: 0x010) }
  @inlinable package static var urg: TCPFlags { TCPFlags(rawValue: 0x020) }
  /// Congestion was experienced (RFC 3168).
  @inlinable package static var ece: TCPFlags { TCPFlags(rawValue: 0x040) }
  /// The congestion window was reduced (RFC 3168).
  @inlinable package static var cwr: TCPFlags { TCPFlags(rawValue: 0x080) }
  /// Accurate congestion feedback, formerly the nonce sum.
  @inlinable package static var ae: TCPFlags { TCPFlags(rawValue: 0x100) }
}

extension TCPFlags: CustomStringConvertible {
  /// The set bits as `SYN, ACK`.
  package var description: String {
    let names = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"]
    return names.indices.filter { rawValue >> $0 & 1 == 1 }.map { names[$0] }.joined(separator: ", ")
  }
}
