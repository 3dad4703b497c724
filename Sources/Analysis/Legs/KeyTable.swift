import Packets

/// Pairs the legs of an upgrade by the `Sec-WebSocket-Key`, which tunnelling proxies pass on.
struct KeyTable {
  /// Proxies pass a request on at once; a key that comes again later is another attempt of a careless client.
  static let window = Interval.seconds(30)

  private struct Use {
    var conversation: Conversation
    var at: Timestamp
  }

  private var uses: [String: Use] = [:]

  /// Notes a request with a key, and pairs it with the connection on which the key was seen just before.
  mutating func note(_ key: String, _ conversation: Conversation, at time: Timestamp, limit: Int) {
    if let earlier = uses[key], earlier.conversation !== conversation, time - earlier.at < KeyTable.window {
      conversation.twinBefore = earlier.conversation.id
      earlier.conversation.twinAfter = conversation.id
      earlier.conversation.twin = conversation
      conversation.twin = earlier.conversation
    } else if uses.count >= limit {
      uses = uses.filter { time - $0.value.at < KeyTable.window }
    }
    if uses.count < limit { uses[key] = Use(conversation: conversation, at: time) }
  }
}
