import Packets
import TestSupport
import Testing

@testable import Analysis

@Suite struct HopOrderTests {
  private let user = Endpoint.at("10.0.0.2", 50_000)
  private let proxy = Endpoint.at("10.0.0.10", 8080)
  private let proxyOut = Endpoint.at("10.0.0.10", 40_000)
  private let server = Endpoint.at("10.0.0.20", 8080)

  /// The clients of a session's legs, nearest to the user first.
  private func order(_ session: Session) -> [Endpoint] { session.order.map { session.hops[$0].clientEndpoint } }

  private func session() -> Session { Session(id: 1, sid: "abc", at: packet(at: 0)) }

  @discardableResult
  private func join(
    _ session: Session, _ id: Int, _ client: Endpoint, _ server: Endpoint, before: Int? = nil, after: Int? = nil,
    carriesHandshake: Bool = false
  ) -> Int {
    let conversation = Analysis.Conversation(id: id, slot: Int32(id), at: packet(at: id))
    conversation.twinBefore = before
    conversation.twinAfter = after
    return session.join(
      conversation, client: client, server: server, at: packet(at: id), carriesHandshake: carriesHandshake)
  }

  @Test("the client's leg comes first, whichever was seen first")
  func eitherOrder() {
    let forward = session()
    join(forward, 1, user, proxy)
    join(forward, 2, proxyOut, server)
    let backward = session()
    join(backward, 2, proxyOut, server)
    join(backward, 1, user, proxy)
    for session in [forward, backward] {
      #expect(order(session) == [user, proxyOut])
      #expect(session.connections == [1, 2])
      #expect(session.hops[session.frontHop].clientEndpoint == user)
      #expect(session.hops[session.order[0]].leg == .client)
      #expect(session.hops[session.order[1]].leg == .upstream)
    }
  }

  @Test("a session on one leg says so")
  func single() {
    let session = session()
    let hop = join(session, 1, user, proxy)
    #expect(session.hops[hop].leg == .only)
  }

  @Test("further connections of a host join its leg once")
  func sameLeg() {
    let session = session()
    let hop = join(session, 1, user, proxy)
    #expect(join(session, 2, .at("10.0.0.2", 50_001), proxy) == hop)
    #expect(join(session, 2, .at("10.0.0.2", 50_001), proxy) == hop)
    #expect(session.connections == [1, 2])
  }

  @Test(
    "three legs in any order of appearance", arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 1, 0]])
  func threeLegs(appearance: [Int]) {
    let edge = Endpoint.at("10.0.0.5", 8080)
    let legs = [
      (user, edge), (Endpoint.at("10.0.0.5", 41_000), proxy), (proxyOut, server),
    ]
    let session = session()
    for leg in appearance { join(session, leg + 1, legs[leg].0, legs[leg].1) }
    #expect(session.connections == [1, 2, 3], "seen as \(appearance)")
  }

  @Test("where all run on one host, the WebSocket key's twin tells the order")
  func twins() {
    let local = Endpoint.at("127.0.0.1", 50_000)
    let (front, back) = (Endpoint.at("127.0.0.1", 8080), Endpoint.at("127.0.0.1", 3000))
    let forward = session()
    join(forward, 1, local, front)
    join(forward, 2, .at("127.0.0.1", 40_000), back, before: 1)
    #expect(forward.connections == [1, 2])
    #expect(forward.hops.count == 2)
    let backward = session()
    join(backward, 2, .at("127.0.0.1", 40_000), back)
    join(backward, 1, local, front, after: 2)
    #expect(backward.connections == [1, 2])
    #expect(backward.hops.count == 2)
  }

  @Test("where all run on one host, who passes the handshake on later is nearer to the client")
  func handshakes() {
    let (front, back) = (Endpoint.at("127.0.0.5", 8080), Endpoint.at("127.0.0.15", 8080))
    let session = session()
    join(session, 2, .at("127.0.0.1", 40_000), back, carriesHandshake: true)
    join(session, 1, .at("127.0.0.1", 50_000), front, carriesHandshake: true)
    join(session, 4, .at("127.0.0.1", 40_001), back)
    join(session, 3, .at("127.0.0.1", 50_001), front)
    #expect(session.hops.count == 2)
    #expect(session.connections == [1, 3, 2, 4])
  }

  @Test("a translated destination (DNAT) is a leg of its own where the key tells")
  func translated() {
    let session = session()
    join(session, 1, user, proxy)
    join(session, 2, user, server, before: 1)
    #expect(session.hops.count == 2)
    #expect(session.connections == [1, 2])
  }
}
