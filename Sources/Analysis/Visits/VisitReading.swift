import Bytes
import HTTP
import Packets
import Streams
import WebSocket

/// Requests that open sessions, their answers and how it went on: one visit each.
extension Analyzer {
  /// An answer that nobody waited this long for is the client's own doing: a tab that was closed.
  private static let patience = Interval.seconds(10)
  /// Names of clients that are shared among their visits; a peer may make them up.
  private static let mostUserAgents = 4096

  /// Takes note of a request that would open a session, or of one within a session.
  mutating func noteVisit(
    _ head: RequestHead, _ upgrade: UpgradeRequest?, _ open: inout Conversation.OpenExchange,
    _ conversation: Conversation, _ at: PacketReference
  ) {
    let asksForUpgrade = upgrade?.asksForUpgrade ?? false
    open.arrival = SessionArrival(head, asksForUpgrade: asksForUpgrade, at: at)
    if let name = open.arrival?.userAgent, userAgents.count < Self.mostUserAgents {
      open.arrival?.userAgent = userAgents.insert(name).memberAfterInsert
    }
    if open.poll?.sid != nil {
      conversation.session?.visit.isUsed = true
      if head.method == "GET" { conversation.session?.hops[conversation.hop].notePoll(at: at) }
    } else if asksForUpgrade, let sid = head.queryValue("sid") {
      session(sid)?.visit.isUsed = true
    }
  }

  /// Takes note of what an answer allows a page elsewhere, and of a body whose length it does not tell.
  func noteAnswer(_ head: ResponseHead, _ open: inout Conversation.OpenExchange, _ at: PacketReference) {
    if let arrival = open.arrival, let origin = arrival.foreignOrigin {
      open.crossOrigin = CrossOriginRequest(
        origin: origin, allowed: head.fields["Access-Control-Allow-Origin"], status: head.status,
        isPreflight: arrival.isPreflight, answer: at)
    }
    if head.status == 200, open.poll == nil, !head.fields.contains("Content-Length") {
      open.shape = BodyShape(
        head: at, coding: head.fields["Content-Encoding"], contentType: head.fields["Content-Type"])
    }
  }

  /// Takes the end of an answer: a session has been opened, or was refused, or a body was streamed.
  mutating func concludeExchange(
    _ open: Conversation.OpenExchange, _ conversation: Conversation, _ at: PacketReference
  ) {
    tellBody(open, conversation)
    guard let status = open.summary.status else { return }
    guard let arrival = open.arrival else {
      if open.poll?.sid != nil, status >= 400 {
        conversation.session?.end(VisitEnding(at: at, by: .serverToClient, isClean: false))
      }
      return
    }
    guard !open.summary.isUpgrade, status < 400, !arrival.isPreflight else {
      let isBlocked = open.crossOrigin.map { !$0.isAllowed } ?? false
      if !arrival.isPreflight || isBlocked { fail(open, arrival, conversation, at, by: .serverToClient) }
      return
    }
    guard let session = conversation.session, session.start.time >= arrival.at.time,
      session.visit.opening == nil || leg(of: conversation) == .client
    else { return }
    session.visit.opening = visit(arrival, conversation, open.crossOrigin)
  }

  /// Takes a request whose answer did not end before the connection did.
  mutating func abandonExchange(
    _ open: Conversation.OpenExchange, _ conversation: Conversation, _ connection: Connection
  ) {
    tellBody(open, conversation)
    guard let arrival = open.arrival, !arrival.isPreflight, open.summary.status == nil else { return }
    let ends = [
      (conversation.ends.fin, conversation.ends.finBy), (conversation.ends.reset, conversation.ends.resetBy),
    ]
    let first = ends.compactMap { end in end.0.flatMap { at in end.1.map { (at, $0) } } }.min { $0.0.time < $1.0.time }
    guard let (at, by) = first, by == .serverToClient || at.time - arrival.at.time >= Self.patience else { return }
    fail(open, arrival, conversation, at, by: by)
  }

  private mutating func fail(
    _ open: Conversation.OpenExchange, _ arrival: SessionArrival, _ conversation: Conversation, _ at: PacketReference,
    by direction: Direction
  ) {
    guard var visit = visit(arrival, conversation, open.crossOrigin) else { return }
    visit.isOpened = false
    visit.ending = VisitEnding(at: at, by: direction, isClean: false)
    state.events.append(.visited(visit))
  }

  private func visit(
    _ arrival: SessionArrival, _ conversation: Conversation, _ crossOrigin: CrossOriginRequest?
  ) -> Visit? {
    guard let endpoints = endpoints(of: conversation) else { return nil }
    return Visit(
      VisitFacts(
        sid: nil, connections: [conversation.id], leg: leg(of: conversation), client: endpoints.client,
        server: endpoints.server,
        forwardedFor: arrival.forwardedFor ?? conversation.proxiedClient?.address.description,
        userAgent: arrival.userAgent, started: arrival.at,
        isOpened: true, isUsed: true, ending: nil, crossOrigin: crossOrigin))
  }

  /// Takes the end of a WebSocket: the session's, or that of the WebSocket itself where it has none.
  mutating func endVisit(_ conversation: Conversation, _ channel: WebSocketChannel, _ connection: Connection) {
    guard !channel.isProbing else { return }
    let ending = ending(of: conversation, channel)
    if let session = conversation.session {
      if let arrival = channel.arrival, session.visit.opening == nil || leg(of: conversation) == .client {
        session.visit.opening = visit(arrival, conversation, nil)
        session.visit.isUsed = true
      }
      if let ending { session.end(ending) }
    } else if let arrival = channel.arrival, var visit = visit(arrival, conversation, nil) {
      visit.ending = ending
      state.events.append(.visited(visit))
    }
  }

  /// How a WebSocket ended; `nil` where it did not.
  ///
  /// Engine.IO closes with an empty Close frame for faults, after a goodbye packet otherwise; elsewhere an empty one is
  /// an ordinary end (RFC 6455 section 7.1.5).
  private func ending(of conversation: Conversation, _ channel: WebSocketChannel) -> VisitEnding? {
    let saidGoodbye = conversation.session?.closedBy != nil
    if let close = channel.close {
      let isOrdinary = close.code.map { $0 == 1000 || $0 == 1001 } ?? (channel.engine != .yes)
      return VisitEnding(at: close.at, by: close.by, isClean: saidGoodbye || isOrdinary)
    }
    let ends = conversation.ends
    guard let at = [ends.fin, ends.reset].compactMap({ $0 }).min(by: { $0.time < $1.time }) else { return nil }
    let by = (at == ends.reset ? ends.resetBy : ends.finBy) ?? .serverToClient
    return VisitEnding(at: at, by: by, isClean: saidGoodbye)
  }
}

/// What a session remembers of the visit that it is.
struct VisitNotes {
  /// Who opened it; kept apart because WebSockets tell it only at their end.
  var opening: Visit?
  var ending: VisitEnding?
  /// Whether a request after the opening one named it.
  var isUsed = false
}

extension VisitNotes: Parceled {
  static var blank: VisitNotes { VisitNotes() }

  mutating func code(_ parcel: Parcel) {
    parcel.code(&opening)
    parcel.code(&ending)
    parcel.code(&isUsed)
  }
}

extension Session {
  /// Notes how the session ended; what comes first counts.
  func end(_ ending: VisitEnding) {
    if visit.ending.map({ ending.at.time < $0.at.time }) ?? true { visit.ending = ending }
  }

  /// The visit that opened the session, as it went; `nil` where its opening was not captured.
  var concludedVisit: Visit? {
    guard var concluded = visit.opening else { return nil }
    concluded.sid = sid
    concluded.connections = connections
    concluded.isUsed = visit.isUsed
    // Who leaves a page in mid-poll does so by his own will.
    concluded.ending =
      visit.ending ?? abandonment.map { VisitEnding(at: $0.ended, by: .clientToServer, isClean: true) }
    return concluded
  }
}
