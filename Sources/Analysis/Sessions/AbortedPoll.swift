import Packets

/// A long-polling request that its client ended before the answer: a page that was left or reloaded, a timeout of `fetch`.
///
/// Engine.IO ends the session with it ("poll connection closed prematurely"), unless the client had another request.
struct AbortedPoll {
  /// The request, and the FIN or RST.
  var asked: PacketReference
  var ended: PacketReference
}

extension Analyzer {
  /// Notes a poll whose connection its client ended while the server held the answer back.
  func noteAbort(of open: Conversation.OpenExchange, _ conversation: Conversation) {
    guard open.summary.status == nil, let asked = open.summary.request, let poll = open.poll, poll.sid != nil,
      poll.payloadDirection == .serverToClient, conversation.endedBy == .clientToServer,
      let ended = conversation.ended, conversation.firstHole.serverToClient == nil,
      let hop = conversation.session?.hops[conversation.hop]
    else { return }
    if let known = hop.abortedPoll, known.ended.time > ended.time { return }
    hop.abortedPoll = AbortedPoll(asked: asked, ended: ended)
  }
}

extension Session {
  /// The poll with which the client left the session; `nil` where it goes on, or ended otherwise.
  var abandonment: AbortedPoll? {
    guard closedBy == nil, !isUpgraded, !hops.isEmpty, let aborted = hops[frontHop].abortedPoll,
      hops[frontHop].openPolls.serverToClient == nil, hops[frontHop].last.time <= aborted.ended.time
    else { return nil }
    return aborted
  }

  /// Which side closed it, as far as the packets tell.
  var closer: Direction? { closedBy ?? (abandonment == nil ? nil : .clientToServer) }
}
