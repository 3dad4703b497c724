/// Blanks the body of a long-polling request or answer in place: all its packets and their framing stay.
struct PayloadBlanking {
  let marker: Marker
  let isFromClient: Bool
  /// Whether the request said `EIO=4`.
  let isVersion4: Bool

  private var packets: PacketBlanking { PacketBlanking(marker: marker) }

  func blank(_ bytes: inout [UInt8]) {
    guard let first = bytes.first else { return }
    if isVersion4 {
      separated(&bytes)
    } else if first <= 1 {
      framed(&bytes)
    } else if UInt8(ascii: "0")...UInt8(ascii: "9") ~= first {
      counted(&bytes)
    } else if bytes.elementsEqual("ok".utf8) {
      return
    } else {
      Filler.fill(&bytes, bytes.indices)
    }
  }

  /// Engine.IO 4: packets between record separators; `b` and Base64 for binary data.
  private func separated(_ bytes: inout [UInt8]) {
    if bytes.elementsEqual("ok".utf8) { return }
    var start = 0
    while start <= bytes.count {
      let end = bytes[start...].firstIndex(of: 0x1e) ?? bytes.count
      record(&bytes, start..<end)
      start = end + 1
    }
  }

  private func record(_ bytes: inout [UInt8], _ range: Range<Int>) {
    guard let first = range.first else { return }
    guard bytes[first] == UInt8(ascii: "b") else {
      return packets.packet(&bytes, range, isFromClient: isFromClient)
    }
    for index in range.dropFirst() where bytes[index] != UInt8(ascii: "=") { bytes[index] = UInt8(ascii: "A") }
  }

  /// Engine.IO 3 as text: the packet's length in UTF-16 units, a colon, the packet.
  private func counted(_ bytes: inout [UInt8]) {
    var offset = 0
    while offset < bytes.count {
      guard let colon = bytes[offset...].firstIndex(of: UInt8(ascii: ":")),
        let units = Int(String(decoding: bytes[offset..<colon], as: UTF8.self)), units >= 0
      else { return Filler.fill(&bytes, offset..<bytes.count) }
      let start = colon + 1
      let end = PayloadBlanking.end(of: units, bytes, from: start)
      record(&bytes, start..<end)
      offset = end
    }
  }

  /// Where a number of UTF-16 units ends: characters of four bytes count two.
  private static func end(of units: Int, _ bytes: [UInt8], from start: Int) -> Int {
    var offset = start
    var seen = 0
    while offset < bytes.count, seen < units {
      let length =
        switch bytes[offset] {
        case 0xf0...0xf4: 4
        case 0xe0...0xef: 3
        case 0xc2...0xdf: 2
        default: 1
        }
      seen += length == 4 ? 2 : 1
      offset += length
    }
    return min(offset, bytes.count)
  }

  /// Engine.IO 3 with binary support: 0 for text or 1, the length's decimal digits as bytes, 0xff, the packet.
  private func framed(_ bytes: inout [UInt8]) {
    var offset = 0
    while offset < bytes.count, bytes[offset] <= 1 {
      let isText = bytes[offset] == 0
      var length = 0
      offset += 1
      while offset < bytes.count, bytes[offset] < 10, length < bytes.count {
        length = length * 10 + Int(bytes[offset])
        offset += 1
      }
      guard offset < bytes.count, bytes[offset] == 0xff else { break }
      let end = min(bytes.count, offset + 1 + length)
      let range = offset + 1..<end
      if isText { record(&bytes, range) } else { packets.binary(&bytes, range) }
      offset = end
    }
    if offset < bytes.count { Filler.fill(&bytes, offset..<bytes.count) }
  }
}
