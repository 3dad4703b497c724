import Packets

/// A little-endian pcapng file of one section (draft-ietf-opsawg-pcapng).
///
/// Each interface gets a description block with its own link type and time resolution; packets name the interface by
/// its index. `appendBlock` adds any other block.
package struct PcapngBuilder: Sendable {
  private var body: [UInt8]
  private var resolutions: [UInt8] = []

  /// Begins a file with its section header block, optionally with a comment (option 1).
  package init(comment: String? = nil) {
    body = []
    var section: [UInt8] = []
    section.append(littleEndian: 0x1a2b_3c4d as UInt32)
    section += [1, 0, 0, 0] + [UInt8](repeating: 0xff, count: 8)
    if let comment { section += Self.option(1, Array(comment.utf8)) + Self.endOfOptions }
    appendBlock(type: 0x0a0d_0d0a, section)
  }

  /// The whole file so far.
  package var bytes: [UInt8] { body }

  /// Adds an interface description block and returns its index.
  ///
  /// The resolution is the number of decimal digits after the second (`if_tsresol`): 6 or 9.
  @discardableResult
  package mutating func addInterface(
    linkType: UInt16, name: String? = nil, snaplen: UInt32 = 262_144, resolution: UInt8 = 6
  ) -> Int {
    var block: [UInt8] = []
    block.append(littleEndian: linkType)
    block += [0, 0]
    block.append(littleEndian: snaplen)
    if let name { block += Self.option(2, Array(name.utf8)) }
    block += Self.option(9, [resolution]) + Self.endOfOptions
    appendBlock(type: 1, block)
    resolutions.append(resolution)
    return resolutions.count - 1
  }

  /// Adds an enhanced packet block.
  package mutating func append(_ packet: RecordedPacket, interface: Int = 0) {
    var block: [UInt8] = []
    block.append(littleEndian: UInt32(interface))
    block += Self.time(packet.time, resolution: resolutions[interface])
    block.append(littleEndian: UInt32(packet.bytes.count))
    block.append(littleEndian: UInt32(packet.originalLength))
    appendBlock(type: 6, block + Self.padded(packet.bytes))
  }

  /// Adds an interface statistics block with the packets received (option 4) and dropped (option 5).
  package mutating func appendStatistics(interface: Int = 0, at time: Timestamp, received: UInt64, dropped: UInt64) {
    var block: [UInt8] = []
    block.append(littleEndian: UInt32(interface))
    block += Self.time(time, resolution: resolutions[interface])
    for (code, value) in [(UInt16(4), received), (5, dropped)] {
      var bytes: [UInt8] = []
      bytes.append(uint64: value.byteSwapped)
      block += Self.option(code, bytes)
    }
    appendBlock(type: 5, block + Self.endOfOptions)
  }

  /// Adds a block of any type, its body padded to four bytes.
  package mutating func appendBlock(type: UInt32, _ content: [UInt8]) {
    let padded = Self.padded(content)
    body.append(littleEndian: type)
    body.append(littleEndian: UInt32(padded.count + 12))
    body += padded
    body.append(littleEndian: UInt32(padded.count + 12))
  }

  private static let endOfOptions: [UInt8] = [0, 0, 0, 0]

  private static func option(_ code: UInt16, _ value: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: code)
    bytes.append(littleEndian: UInt16(value.count))
    return bytes + padded(value)
  }

  private static func padded(_ bytes: [UInt8]) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
  }

  /// A time in units of the interface's resolution, upper half first.
  private static func time(_ time: Timestamp, resolution: UInt8) -> [UInt8] {
    var unit: Int64 = 1_000_000_000
    for _ in 0..<resolution { unit /= 10 }
    let units = UInt64(bitPattern: time.nanoseconds / max(1, unit))
    var bytes: [UInt8] = []
    bytes.append(littleEndian: UInt32(truncatingIfNeeded: units >> 32))
    bytes.append(littleEndian: UInt32(truncatingIfNeeded: units))
    return bytes
  }
}
