import HTTP
import Packets
import Streams

/// The shapes in which a server's bytes come: bursts, waiting segments, streamed bodies.
extension Analyzer {
  /// Looks whether a server's segment waited for the acknowledgement of the one before.
  @inline(__always)
  mutating func noteSend(
    _ conversation: Conversation, _ channel: WebSocketChannel, _ length: Int, _ at: PacketReference
  ) {
    switch waiting(conversation.slot, gap: channel.rhythm.gap(at: at.time), length: length) {
    case .waited(let reaction)?:
      let roundTrip = table.latestRoundTrip(conversation.slot, .serverToClient) ?? .zero
      channel.shapeMeter(at: at).nagle.add(reaction: reaction, roundTrip: roundTrip, at: at)
    case .free?: channel.rhythm.noteFreeSend()
    case nil: break
    }
  }

  /// Whether a server's segment waited for an acknowledgement that was slow to come; `nil` where none was.
  @inline(__always)
  mutating func waiting(_ slot: Int32, gap: Interval, length: Int) -> NagleMeter.Verdict? {
    if length < NagleMeter.smallSegment, table.awaitsAcknowledgement(slot, .serverToClient, before: length) {
      return .free
    }
    guard NagleMeter.isCandidate(gap: gap, length: length),
      let roundTrip = table.latestRoundTrip(slot, .serverToClient)
    else { return nil }
    return NagleMeter.verdict(gap: gap, roundTrip: roundTrip)
  }

  /// Tells the shapes of a WebSocket that is over.
  mutating func tellShapes(_ conversation: Conversation, _ channel: WebSocketChannel, _ connection: Connection) {
    let sid = conversation.session?.sid
    if channel.pings != nil { conversation.watch.troubles.pings = channel.unansweredPings }
    guard let shape = channel.shape else { return }
    if channel.rhythm.silence >= Rhythm.leastSilence { shape.end(channel.rhythm) }
    if shape.burstCount > 1, leg(of: conversation) == .only {
      state.events.append(
        .burstsSeen(
          BurstFacts(
            sid: sid, connection: conversation.id, client: connection.client, server: connection.server,
            last: conversation.lastData, messages: channel.messageCount(.serverToClient) - shape.earlierMessages,
            activeTime: conversation.lastData.time - shape.start.time - shape.idleTime, bursts: shape.bursts,
            burstCount: shape.burstCount, loneArrivals: Int(channel.rhythm.loneArrivals), loneGaps: shape.loneGaps,
            isNetworkTroubled: conversation.isNetworkTroubled)))
    }
    if let first = shape.nagle.first, let last = shape.nagle.last {
      state.events.append(
        .sendsDelayed(
          DelayedSends(
            sid: sid, connection: conversation.id, client: connection.client, server: connection.server, first: first,
            last: last, count: shape.nagle.count, others: Int(channel.rhythm.freeSends), waits: shape.nagle.waits,
            longestReaction: shape.nagle.longestReaction)))
    }
  }

  /// Tells how a response's body came, where it took its time.
  mutating func tellBody(_ open: Conversation.OpenExchange, _ conversation: Conversation) {
    guard let shape = open.shape, let first = shape.first, let ends = endpoints(of: conversation) else { return }
    let isAsked = open.summary.request != nil
    let asked = open.summary.request ?? lostRequest(of: shape, conversation)
    // Without its request, an answer is known for one to a poll only by its body.
    guard shape.isFelt(since: asked.time), isAsked || open.poll == nil else { return }
    state.events.append(
      .bodyStreamed(
        StreamedBody(
          connection: conversation.id, client: ends.client, server: ends.server,
          request: isAsked ? StreamedBody.Request(open.summary) : nil, asked: asked, head: shape.head, first: first,
          last: shape.last, pieces: shape.pieces, bytes: shape.bytes, gaps: shape.gaps, coding: shape.coding,
          contentType: shape.contentType, isNetworkTroubled: conversation.isNetworkTroubled,
          fingerprint: shape.fingerprint)))
  }

  /// By which packet the request of a response had come that the capture misses: the acknowledgement that shows the hole,
  /// which comes at once, else the response's head.
  private func lostRequest(of shape: BodyShape, _ conversation: Conversation) -> PacketReference {
    let hole = table.latestCover(conversation.slot, .clientToServer)
    return hole.flatMap { $0.time <= shape.head.time ? $0 : nil } ?? shape.head
  }
}

extension StreamedBody.Request {
  fileprivate init(_ summary: RequestSummary) {
    method = summary.method
    target = summary.target
    version = summary.version
  }
}

extension Conversation {
  /// Whether the network or a receiver held bytes of this connection back.
  var isNetworkTroubled: Bool {
    guard let troubles = troubles?.troubles else { return false }
    return Direction.allCases.contains { troubles.losses[$0].count > 0 || troubles.closedWindows[$0].count > 0 }
  }
}
