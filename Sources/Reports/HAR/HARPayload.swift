import Analysis
import Packets
import WebSocket

/// A long-polling payload put together from its packets, as it stood on the wire without JSONP (engine.io-protocol,
/// "Payload").
struct HARPayload {
  private(set) var bytes: [UInt8] = []
  /// Whether it is binary, and a text can only hold it encoded.
  let isBase64: Bool

  /// The payload of a request or its answer; `nil` where it has none.
  init?(_ packets: [MessageRecord], of request: RequestSummary) {
    guard !packets.isEmpty else { return nil }
    isBase64 = packets.contains { $0.opcode == .binary }
    if request.targetHas("EIO=4") {
      bytes = Array(packets.map(\.payload).joined(separator: [0x1e]))
    } else {
      for packet in packets { isBase64 ? appendBinary(packet) : appendText(packet) }
    }
  }

  /// `<length in UTF-16 code units>:<packet>`.
  private mutating func appendText(_ packet: MessageRecord) {
    bytes += "\(String(decoding: packet.payload, as: UTF8.self).utf16.count):".utf8
    bytes += packet.payload
  }

  /// 0 (text) or 1 (binary), a byte for each digit of the length in bytes, 0xff, packet.
  private mutating func appendBinary(_ packet: MessageRecord) {
    bytes.append(packet.opcode == .binary ? 1 : 0)
    bytes += "\(packet.payload.count)".utf8.map { $0 - UInt8(ascii: "0") }
    bytes.append(0xff)
    bytes += packet.payload
  }

  /// What a reader has to know of packets that are not all there; `nil` where all are.
  static func comment(_ packets: [MessageRecord]) -> String? {
    if let undecoded = packets.lazy.compactMap(\.undecoded).first { return "not decoded: \(undecoded.rawValue)" }
    if packets.contains(where: { !$0.isComplete }) { return "cut short in the capture" }
    let isCut = packets.contains { $0.payload.count < $0.length && !$0.isShape }
    return isCut ? "cut; --payload-limit all keeps whole messages" : nil
  }
}
