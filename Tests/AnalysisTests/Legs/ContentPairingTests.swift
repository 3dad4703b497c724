import Packets
import TestSupport
import Testing

@testable import Analysis

@Suite struct ContentPairingTests {
  private let user = Endpoint.at("10.0.0.2", 50_000)
  private let proxy = Endpoint.at("10.0.0.10", 8080)
  private let proxyOut = Endpoint.at("10.0.0.10", 40_000)
  private let server = Endpoint.at("10.0.0.20", 8080)

  private func session(hops: [(Endpoint, Endpoint)]) -> Session {
    let session = Session(id: 1, sid: nil, at: packet(at: 0))
    session.hops = hops.map { Hop(client: $0.address, clientEndpoint: $0, server: $1, last: packet(at: 0)) }
    return session
  }

  private func remembered(_ hash: UInt64 = 7, at milliseconds: Int = 0, hops: Int = 1) -> ContentPairing {
    var pairing = ContentPairing()
    let session = session(hops: Array(repeating: (user, proxy), count: hops))
    pairing.remember(
      .init(hash: hash, session: session, client: user, server: proxy, at: packet(at: milliseconds).time))
    return pairing
  }

  @Test("the same message on the proxy's other leg is found, whichever leg came first")
  func pairs() {
    #expect(remembered().match(7, client: proxyOut, server: server, at: packet(at: 3).time) != nil)
    var pairing = ContentPairing()
    pairing.remember(
      .init(
        hash: 7, session: session(hops: [(proxyOut, server)]), client: proxyOut, server: server, at: packet(at: 0).time)
    )
    #expect(pairing.match(7, client: user, server: proxy, at: packet(at: 3).time) != nil)
  }

  @Test("the same client's packets with another destination are a leg too: its host translates addresses")
  func translated() {
    #expect(remembered().match(7, client: user, server: server, at: packet(at: 3).time) != nil)
  }

  @Test("another message, another pair of hosts, the same connection, a later time or a paired session do not match")
  func mismatches() {
    let at = packet(at: 3).time
    #expect(remembered().match(8, client: proxyOut, server: server, at: at) == nil)
    #expect(remembered().match(7, client: .at("10.9.9.9", 1), server: server, at: at) == nil)
    #expect(remembered().match(7, client: user, server: proxy, at: at) == nil)
    #expect(remembered().match(7, client: proxyOut, server: server, at: packet(at: 5_000).time) == nil)
    #expect(remembered(hops: 2).match(7, client: proxyOut, server: server, at: at) == nil)
  }

  @Test("only the newest messages are remembered")
  func bounded() {
    var pairing = remembered(1)
    let other = session(hops: [(user, proxy)])
    for number in 0..<ContentPairing.capacity {
      pairing.remember(
        .init(hash: 100 + UInt64(number), session: other, client: user, server: proxy, at: packet(at: 1).time))
    }
    #expect(pairing.match(1, client: proxyOut, server: server, at: packet(at: 2).time) == nil)
    #expect(pairing.match(100, client: proxyOut, server: server, at: packet(at: 2).time) != nil)
  }

  @Test("a hash tells directions and bytes apart")
  func hashes() {
    let (a, b) = (Array("42[\"token\",\"a\"]".utf8), Array("42[\"token\",\"b\"]".utf8))
    let hash = ContentPairing.hash(a.span.bytes, .serverToClient)
    #expect(hash == ContentPairing.hash(a.span.bytes, .serverToClient))
    #expect(hash != ContentPairing.hash(b.span.bytes, .serverToClient))
    #expect(hash != ContentPairing.hash(a.span.bytes, .clientToServer))
  }
}
