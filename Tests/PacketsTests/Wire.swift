import Packets

/// Builders of packets, byte by byte as their documents have them.
enum Wire {
  /// A TCP segment of ports 50000 to 8080.
  static func tcp(_ payload: [UInt8] = Array("hello".utf8), options: [UInt8] = plainTimestamp) -> [UInt8] {
    let offset = UInt8(5 + options.count / 4) << 4
    let ports: [UInt8] = [0xc3, 0x50, 0x1f, 0x90]
    let numbers: [UInt8] = [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08]
    return ports + numbers + [offset, 0x18, 0x02, 0x00, 0xab, 0xcd, 0x00, 0x00] + options + payload
  }

  /// NOP, NOP, timestamp 16, echo 32.
  static let plainTimestamp: [UInt8] = [1, 1, 8, 10, 0, 0, 0, 16, 0, 0, 0, 32]

  /// An IPv4 packet from 10.0.0.1 to 10.0.0.2.
  static func ipv4(
    _ payload: [UInt8], protocol number: UInt8 = 6, identification: UInt16 = 0x1234, fragmentField: UInt16 = 0x4000,
    totalLength: Int? = nil, options: [UInt8] = []
  ) -> [UInt8] {
    let length = totalLength ?? 20 + options.count + payload.count
    return [0x45 + UInt8(options.count / 4), 0] + big(UInt16(length)) + big(identification) + big(fragmentField)
      + [63, number, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2] + options + payload
  }

  /// An IPv6 packet from 2001:db8::1 to 2001:db8::2.
  static func ipv6(_ payload: [UInt8], next: UInt8 = 6, payloadLength: Int? = nil) -> [UInt8] {
    let prefix: [UInt8] = [0x20, 0x01, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11)
    return [0x60, 0, 0, 0] + big(UInt16(payloadLength ?? payload.count)) + [next, 62] + prefix + [1] + prefix + [2]
      + payload
  }

  static func ethernet(_ payload: [UInt8], type: UInt16 = 0x0800) -> [UInt8] {
    [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2] + big(type) + payload
  }

  /// What follows the EtherType of a tag.
  static func vlan(_ identifier: UInt16, _ payload: [UInt8], type: UInt16 = 0x0800) -> [UInt8] {
    big(0x6000 | identifier) + big(type) + payload
  }

  static func cooked(_ payload: [UInt8], type: UInt16 = 0x0800, packetType: UInt16 = 4) -> [UInt8] {
    big(packetType) + [0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0] + big(type) + payload
  }

  static func cooked2(_ payload: [UInt8], type: UInt16 = 0x0800, interface: UInt8 = 7) -> [UInt8] {
    big(type) + [0, 0, 0, 0, 0, interface, 0, 1, 4, 6, 2, 0, 0, 0, 0, 1, 0, 0] + payload
  }

  static func udp(_ payload: [UInt8], to port: UInt16) -> [UInt8] {
    [0xc0, 0x00] + big(port) + big(UInt16(payload.count + 8)) + [0, 0] + payload
  }

  static func big(_ number: UInt16) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xff)] }
}

/// A decoded packet, for tests: what the decoder answered, the segment, and its payload.
struct Outcome: Equatable {
  var decoded: Decoded
  var segment: Segment
  var payload: [UInt8]

  /// Whether a segment came, in its frame or reassembled.
  var isSegment: Bool {
    switch decoded {
    case .segment, .reassembled: true
    default: false
    }
  }
}

extension PacketDecoder {
  /// Decodes a frame of a capture, at a time in seconds.
  mutating func decode(
    _ frame: [UInt8], _ linkType: LinkType = .ethernet, wireLength: Int? = nil, seconds: Double = 0, capture: Int = 0
  ) -> Outcome {
    let time = Timestamp(nanoseconds: Interval.seconds(seconds).nanoseconds)
    var segment = Segment()
    let decoded = decode(
      frame.span.bytes, linkType: linkType, wireLength: wireLength ?? frame.count,
      reference: PacketReference(capture: capture, number: 1, time: time), into: &segment)
    switch decoded {
    case .segment: return Outcome(decoded: decoded, segment: segment, payload: Array(frame[segment.payload]))
    case .reassembled(let bytes):
      return Outcome(decoded: decoded, segment: segment, payload: Array(bytes[segment.payload]))
    default: return Outcome(decoded: decoded, segment: segment, payload: [])
    }
  }
}
