/// The control bits of a TCP header (RFC 9293 section 3.1).
package struct SegmentFlags: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let fin = SegmentFlags(rawValue: 0x01)
  package static let syn = SegmentFlags(rawValue: 0x02)
  package static let rst = SegmentFlags(rawValue: 0x04)
  package static let psh = SegmentFlags(rawValue: 0x08)
  package static let ack = SegmentFlags(rawValue: 0x10)
  package static let urg = SegmentFlags(rawValue: 0x20)
}

/// An option of a TCP header, as a test writes it.
package enum SegmentOption: Hashable, Sendable {
  /// Maximum segment size (RFC 9293 section 3.7.1).
  case maximumSegmentSize(UInt16)
  /// Window scale (RFC 7323 section 2).
  case windowScale(UInt8)
  /// "Selective acknowledgements are understood" (RFC 2018 section 2).
  case sackPermitted
  /// Selectively acknowledged blocks, left and right edges (RFC 2018 section 3).
  case sack([(UInt32, UInt32)])
  /// Timestamps: value and echo reply (RFC 7323 section 3).
  case timestamps(UInt32, UInt32)
  /// Anything else: kind and data.
  case other(UInt8, [UInt8])
  /// Padding of one byte (kind 1).
  case noOperation

  /// The option's bytes, kind and length included.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    switch self {
    case .maximumSegmentSize(let size):
      bytes += [2, 4]
      bytes.append(uint16: size)
    case .windowScale(let shift): bytes += [3, 3, shift]
    case .sackPermitted: bytes += [4, 2]
    case .sack(let blocks):
      bytes += [5, UInt8(2 + 8 * blocks.count)]
      for (left, right) in blocks {
        bytes.append(uint32: left)
        bytes.append(uint32: right)
      }
    case .timestamps(let value, let echo):
      bytes += [8, 10]
      bytes.append(uint32: value)
      bytes.append(uint32: echo)
    case .other(let kind, let data): bytes += [kind, UInt8(2 + data.count)] + data
    case .noOperation: bytes.append(1)
    }
    return bytes
  }

  package static func == (a: SegmentOption, b: SegmentOption) -> Bool { a.bytes == b.bytes }

  package func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}
