import Bytes
import Crypto
import Packets

/// The hash by which Zeek, Suricata, Wireshark and others name the same connection (Community ID, version 1, seed 0).
enum CommunityID {
  /// The name of a TCP connection, `1:` and the Base64 of a SHA-1; the same for both directions.
  static func text(_ client: Endpoint, _ server: Endpoint) -> String {
    let ends = [client, server].map { (address: wireBytes($0.address), port: $0.port) }
    let isOrdered =
      ends[0].address == ends[1].address
      ? ends[0].port <= ends[1].port : ends[0].address.lexicographicallyPrecedes(ends[1].address)
    let (first, second) = isOrdered ? (ends[0], ends[1]) : (ends[1], ends[0])
    // Seed, the two addresses, the protocol's number, a byte of padding, the two ports.
    var hash = Insecure.SHA1()
    hash.update(
      data: [0, 0] + first.address + second.address + [6, 0] + wireBytes(first.port) + wireBytes(second.port))
    var text = ByteBuffer()
    text.append("1:")
    hash.finalize().withUnsafeBytes { text.append(base64: $0) }
    return String(decoding: text.take(), as: UTF8.self)
  }

  private static func wireBytes(_ address: IPAddress) -> [UInt8] {
    let all = wireBytes(address.high) + wireBytes(address.low)
    return address.isIPv4 ? Array(all.suffix(4)) : all
  }

  private static func wireBytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    stride(from: Number.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> $0) }
  }
}
