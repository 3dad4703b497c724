import Bytes
import Packets
import Streams
import WebSocket

extension Analyzer {
  /// Tells the connection table who the client is, where no handshake and no port told it: the side that masks its frames,
  /// or sends a request (RFC 6455 section 5.1: "a client MUST mask all frames", "a server MUST NOT").
  ///
  /// - Returns: the direction of the bytes, by the roles as they are now.
  mutating func settleRoles(
    _ conversation: Conversation, _ bytes: RawSpan, _ direction: Direction
  ) -> Direction {
    guard table[conversation.slot].roleEvidence == .none, let isClient = isFromClient(bytes) else { return direction }
    let clientSends = isClient ? direction : direction.reversed
    guard table.settleRoles(conversation.slot, clientSends: clientSends) else { return direction }
    conversation.swapRoles()
    return direction.reversed
  }

  /// Whether a client has sent the first bytes of a connection; `nil` where they don't tell.
  private func isFromClient(_ bytes: RawSpan) -> Bool? {
    if bytes.starts(with: "HTTP/1.") { return false }
    if looksLikeHTTP(bytes) { return true }
    guard let header = try? FrameHeader(parsing: bytes), looksLikeFrame(bytes) else { return nil }
    return header.maskingKey != nil
  }

  /// Whether a TLS record stands at the beginning (RFC 8446 section 5.1): its content type, and version 3.x.
  func isTLSRecord(_ bytes: RawSpan) -> Bool {
    bytes.byteCount >= 5 && 0x14...0x17 ~= bytes.byte(at: 0) && bytes.byte(at: 1) == 3 && bytes.byte(at: 2) <= 4
      && bytes.uint16(at: 3) <= 0x4800
  }
}

extension Conversation {
  /// Exchanges client and server in what was noted before the roles were known.
  func swapRoles() {
    firstHole.swapRoles()
    openHole.swapRoles()
    ends.truncatedBytes.swapRoles()
    troubles?.troubles.swapRoles()
    ends.finBy = ends.finBy?.reversed
    ends.resetBy = ends.resetBy?.reversed
  }
}
