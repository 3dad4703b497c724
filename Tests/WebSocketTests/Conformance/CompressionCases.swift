import Packets
import WebSocket

/// Groups 12 and 13: messages through permessage-deflate, by content, size, fragmentation and parameters.
extension ConformanceCase {
  static let compression: [ConformanceCase] = Content.allCases.enumerated().flatMap { index, content in
    turns("12.\(index + 1)", content, DeflateParameters())
  }

  static let parameters: [ConformanceCase] = agreements.enumerated().flatMap { index, text in
    turns("13.\(index + 1)", .json, DeflateParameters(answer: "permessage-deflate" + text))
  }

  /// What the suite's offers of group 13 come to: contexts kept or not, windows of 2^9 and 2^15, and an answer that
  /// takes the last of three offers for the server alone.
  private static let agreements = [
    "", "; server_no_context_takeover; client_no_context_takeover",
    "; server_max_window_bits=9; client_max_window_bits=9", "; server_max_window_bits=15; client_max_window_bits=15",
    "; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9; client_max_window_bits=9",
    "; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=15; client_max_window_bits=15",
    "; server_no_context_takeover; server_max_window_bits=9",
  ]

  /// The length of a case's messages, and that of the parts that are sent as fragments; 0: in one frame.
  private static let shapes: [(length: Int, fragment: Int)] = [
    (16, 0), (64, 0), (256, 0), (1024, 0), (4096, 0), (8192, 0), (16384, 0), (32768, 0), (65536, 0), (131072, 0),
    (8192, 256), (16384, 256), (32768, 256), (65536, 256), (131072, 256), (131072, 1024), (131072, 4096),
    (131072, 32768),
  ]

  /// The 18 cases of a content or a set of parameters, with 3 messages in place of 1000.
  private static func turns(_ group: String, _ content: Content, _ deflate: DeflateParameters?) -> [ConformanceCase] {
    shapes.enumerated().map { index, shape in
      ConformanceCase("\(group).\(index + 1)") { script in
        script.deflate = deflate
        let deflater = PeerDeflater(deflate ?? DeflateParameters(), script.encoder.direction)
        for turn in 0..<3 {
          sendDeflated(&script, content.opcode, content.payload(shape.length, from: turn * 7), deflater, shape.fragment)
        }
      }
    }
  }

  private static func sendDeflated(
    _ script: inout Script, _ opcode: Opcode, _ payload: [UInt8], _ deflater: PeerDeflater, _ fragment: Int
  ) {
    let deflated = deflater.message(payload)
    let size = fragment == 0 ? max(1, deflated.count) : fragment
    script.send(
      script.encoder.fragments(opcode, deflated, of: size, isCompressed: true),
      .message(opcode, payload, length: payload.count, frames: max(1, (deflated.count + size - 1) / size)))
  }
}

/// A peer's compressor, which keeps to what the handshake says of its direction.
final class PeerDeflater {
  private let deflater: Deflater
  private let forgets: Bool

  init(_ parameters: DeflateParameters, _ direction: Direction) {
    let isClient = direction == .clientToServer
    forgets = isClient ? parameters.clientNoContextTakeover : parameters.serverNoContextTakeover
    deflater = Deflater(windowBits: Int32(isClient ? parameters.clientMaxWindowBits : parameters.serverMaxWindowBits))
  }

  func message(_ payload: [UInt8]) -> [UInt8] {
    if forgets { deflater.reset() }
    return deflater.message(payload)
  }
}
