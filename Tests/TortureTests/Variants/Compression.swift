import Packets
import TestSupport

/// Holes and long pauses in conversations whose messages are deflated.
extension Variant {
  static let compression: [Variant] = [
    deflated("each message alone, nothing missing", .eachAlone, missing: nil) { _, _ in [] },
    deflated("with context, nothing missing", .withContext, missing: nil) { _, _ in [] },
    deflated("each message alone, one missing", .eachAlone, missing: 20) { _, message in [message] },
    deflated("with context, one missing: what follows is opaque and counted", .withContext, missing: 20) {
      talk, message in
      Set(message..<talk.messages.serverToClient.count)
    },
    sleeping("each message alone", .eachAlone), sleeping("with context", .withContext),
  ]

  /// So quiet that inflaters give their memory back, again and again; their windows must be there when they wake.
  private static func sleeping(_ name: String, _ compression: TalkStyle.Compression) -> Variant {
    Variant("deflated \(name), with long pauses") {
      var style = TalkStyle.short(seed: 11, count: 200, longest: 900)
      style.compression = compression
      let talk = Talk(style)
      var packets = talk.packets.recorded
      for index in packets.indices { packets[index].time = packets[0].time + .seconds(Double(15 * index)) }
      return Recording(packets, [Expected(talk)])
    }
  }

  private static func deflated(
    _ name: String, _ compression: TalkStyle.Compression, missing: Int?,
    _ hurt: @escaping @Sendable (Talk, Int) -> Set<Int>
  ) -> Variant {
    Variant("deflated " + name) {
      var style = TalkStyle.short(seed: 9, count: 50, longest: 900)
      style.compression = compression
      let talk = Talk(style)
      guard let missing else { return Recording(talk.packets.recorded, [Expected(talk)]) }
      var packets = talk.packets
      let index = talk.data(.serverToClient, ofMessage: missing)[0]
      packets[index].isDropped = true
      var expected = Expected(talk)
      let hurt = hurt(talk, missing)
      expected.messages.serverToClient = talk.messages.serverToClient.indices.filter { !hurt.contains($0) }
        .map { talk.messages.serverToClient[$0] }
      expected.lostBytes.serverToClient = packets[index].count
      // The missing one has no header that could announce it; those after it are told as far as they are known.
      expected.incomplete = Directional(clientToServer: 0, serverToClient: hurt.count - 1)
      return Recording(packets.recorded, [expected])
    }
  }
}
