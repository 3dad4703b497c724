import Packets
import TestSupport
import Testing

@testable import Analysis

@Suite struct ContentPairingTests {
  private let user = Endpoint.at("10.0.0.2", 50_000)
  private let proxy = Endpoint.at("10.0.0.10", 8080)
  private let proxyOut = Endpoint.at("10.0.0.10", 40_000)
  private let server = Endpoint.at("10.0.0.20", 8080)

  private func remembered(_ hash: UInt64 = 7, at milliseconds: Int = 0) -> ContentPairing {
    var pairing = ContentPairing()
    pairing.remember(
      .init(hash: hash, session: 4, client: user, server: proxy, at: packet(at: milliseconds).time))
    return pairing
  }

  @Test("the same message on the proxy's other leg is found, whichever leg came first")
  func pairs() {
    #expect(remembered().matches(7, client: proxyOut, server: server, at: packet(at: 3).time) == [4])
    var pairing = ContentPairing()
    pairing.remember(
      .init(
        hash: 7, session: 5, client: proxyOut, server: server, at: packet(at: 0).time)
    )
    #expect(pairing.matches(7, client: user, server: proxy, at: packet(at: 3).time) == [5])
  }

  @Test("the same client's packets with another destination are a leg too: its host translates addresses")
  func translated() {
    #expect(remembered().matches(7, client: user, server: server, at: packet(at: 3).time) == [4])
  }

  @Test("another message, another pair of hosts, the same connection, a later time do not match")
  func mismatches() {
    let at = packet(at: 3).time
    #expect(remembered().matches(8, client: proxyOut, server: server, at: at) == [])
    #expect(remembered().matches(7, client: .at("10.9.9.9", 1), server: server, at: at) == [])
    #expect(remembered().matches(7, client: user, server: proxy, at: at) == [])
    #expect(remembered().matches(7, client: proxyOut, server: server, at: packet(at: 5_000).time) == [])
  }

  @Test("only the newest messages are remembered")
  func bounded() {
    var pairing = remembered(1)
    for number in 0..<ContentPairing.capacity {
      pairing.remember(
        .init(hash: 100 + UInt64(number), session: 5, client: user, server: proxy, at: packet(at: 1).time))
    }
    #expect(pairing.matches(1, client: proxyOut, server: server, at: packet(at: 2).time) == [])
    #expect(pairing.matches(100, client: proxyOut, server: server, at: packet(at: 2).time) == [5])
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
