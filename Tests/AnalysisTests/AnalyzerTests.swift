import Analysis
import Packets
import SocketIO
import Streams
import TestSupport
import Testing
import WebSocket

@Suite struct AnalyzerTests {
  /// A chat on one WebSocket: two prompts with their answers, a heartbeat, an orderly end.
  private func chat() -> Conversation {
    var chat = Conversation()
    chat.handshake()
    chat.upgrade()
    chat.open(sid: "abc", pingInterval: 10_000, pingTimeout: 5_000)
    for _ in 0..<2 {
      chat.event(.clientToServer, "prompt", "\"hi\"")
      chat.stream(count: 20)
      chat.event(.serverToClient, "done")
    }
    chat.heartbeat()
    chat.close(code: 1000, reason: "bye")
    return chat
  }

  @Test("a chat is one connection, one session and two streams")
  func chatOnOneLeg() throws {
    let chat = chat()
    let trace = Trace(chat.recorded)
    let connection = try #require(trace.connections.first)
    #expect(trace.connections.count == 1)
    #expect(connection.client == chat.client)
    #expect(connection.server == chat.server)
    #expect(connection.transport == .webSocket)
    #expect(connection.leg == .only)
    #expect(connection.sid == "abc")
    #expect(!connection.rolesInferred)
    #expect(connection.tcp.synCount == 1 && connection.tcp.synAckCount == 1)
    #expect(connection.tcp.roundTrip == chat.roundTrip + chat.acknowledgementDelay)
    #expect(connection.tcp.finBy == .serverToClient)
    #expect(connection.tcp.isSeen.clientToServer && connection.tcp.isSeen.serverToClient)
    #expect(connection.requests.map(\.status) == [101])
    #expect(connection.requests.first?.isUpgrade == true)
    let webSocket = try #require(connection.webSocket)
    #expect(webSocket.close?.code == 1000)
    #expect(webSocket.close?.reason == "bye")
    #expect(webSocket.close?.by == .clientToServer)
    #expect(webSocket.messages.clientToServer.text == 4)
    #expect(webSocket.messages.serverToClient.text == 45)
    #expect(webSocket.frames.clientToServer.masked == 5)
    #expect(webSocket.frames.serverToClient.masked == 0)
    let session = try #require(trace.sessions.first)
    #expect(trace.sessions.count == 1)
    #expect(session.sid == "abc")
    #expect(session.engineIO == 4)
    #expect(session.pingInterval == 10 && session.pingTimeout == 5)
    #expect(session.heartbeats == 1)
    #expect(session.namespaces == ["/"])
    #expect(session.closedBy == .clientToServer)
    #expect(session.counts(.clientToServer) == ["prompt": 2])
    #expect(session.counts(.serverToClient) == ["token": 40, "done": 2])
    #expect(trace.streams.map(\.messages) == [20, 20])
    #expect(trace.streams.map(\.isEnded) == [true, true])
    #expect(trace.streams.map(\.endEvent) == ["done", "done"])
    #expect(trace.streams.map { $0.trigger?.event } == ["prompt", "prompt"])
    #expect(trace.streams.first?.firstMessageAfter == .milliseconds(50))
    #expect(trace.streams.first?.messagesPerSecond == 20)
    #expect(trace.pauses.isEmpty)
    #expect(trace.facts?.connections == 1)
    #expect(trace.facts?.packets == chat.recorded.count)
  }

  @Test("messages are told only where they are wanted, in order, with place and payload")
  func messages() throws {
    #expect(Trace(chat().recorded).messages.isEmpty)
    var options = AnalysisOptions()
    options.wantsMessages = true
    options.payloadLimit = 12
    let messages = Trace(chat().recorded, options: options).messages
    #expect(messages.count == 4 + 45 + 2)
    #expect(zip(messages, messages.dropFirst()).allSatisfy { $0.at.time <= $1.at.time })
    let prompt = try #require(messages.first { $0.socket?.event == "prompt" })
    #expect(prompt.direction == .clientToServer)
    #expect(prompt.length == "42[\"prompt\",\"hi\"]".utf8.count)
    #expect(prompt.payload == Array("42[\"prompt\",\"hi\"]".utf8.prefix(12)))
    #expect(prompt.socket?.type == .event)
    #expect(prompt.socket?.namespace == "/")
    #expect(prompt.sid == "abc")
    #expect(prompt.isComplete && !prompt.isCompressed && prompt.frames == 1)
    #expect(messages.last?.opcode == .close)
    #expect(messages.last?.closeCode == 1000)
  }

  @Test("two legs are one session, whose events are counted once")
  func twoLegs() throws {
    var chat = ProxiedConversation()
    chat.handshake()
    chat.upgrade()
    chat.send(.serverToClient, text: SocketIOText.open(sid: "abc"))
    chat.send(.clientToServer, text: SocketIOText.connect())
    chat.wait(.zero)
    chat.send(.clientToServer, text: SocketIOText.event("prompt"))
    chat.wait(.zero)
    for index in 0..<30 {
      chat.send(.serverToClient, text: SocketIOText.event("token", "\(index)"), after: .milliseconds(50))
    }
    let trace = Trace(chat.recorded)
    #expect(trace.connections.count == 2)
    #expect(trace.connections.first { $0.client == chat.client.client }?.leg == .client)
    #expect(trace.connections.first { $0.client == chat.upstream.client }?.leg == .upstream)
    let session = try #require(trace.sessions.first)
    #expect(trace.sessions.count == 1)
    #expect(session.counts(.serverToClient) == ["token": 30])
    #expect(session.counts(.clientToServer) == ["prompt": 1])
    #expect(session.client == chat.client.client)
    #expect(session.connections.count == 2)
    #expect(trace.streams.count == 1)
    let delay = try #require(trace.delays.first)
    #expect(delay.delays.count == 31)
    #expect(delay.delays.maximum == Interval(nanoseconds: 150_000))
    #expect(delay.proxy == chat.upstream.client.address)
    #expect(delay.bursts == 0)
  }

  @Test("two legs that were joined in mid-stream are paired by what they carry")
  func midStreamLegs() throws {
    var chat = ProxiedConversation()
    chat.handshake()
    chat.upgrade()
    let start = chat.clock
    for index in 0..<20 {
      chat.send(.serverToClient, text: SocketIOText.event("token", "\"number \(index)\""), after: .milliseconds(50))
    }
    let trace = Trace(chat.recorded.filter { $0.time > start + .milliseconds(10) })
    #expect(trace.connections.count == 2)
    #expect(trace.sessions.count == 1)
    let session = try #require(trace.sessions.first)
    #expect(session.sid == nil)
    #expect(session.counts(.serverToClient)["token"] == 20)
  }

  @Test("long-polling and the WebSocket that follows are one session")
  func pollingAndUpgrade() throws {
    var polls = Conversation()
    polls.handshake()
    polls.openPolling(sid: "abc")
    polls.post(sid: "abc", [SocketIOText.connect()])
    polls.poll(sid: "abc", [SocketIOText.connected(id: "x"), SocketIOText.event("hello")])
    polls.post(sid: "abc", [SocketIOText.event("prompt")])
    var socket = Conversation(client: .at("10.0.0.2", 50_001), start: polls.clock)
    socket.handshake()
    socket.upgrade(target: "/socket.io/?EIO=4&transport=websocket&sid=abc")
    socket.probe()
    socket.stream(count: 6)
    let trace = Trace((polls.recorded + socket.recorded).sortedByTime())
    let session = try #require(trace.sessions.first)
    #expect(trace.sessions.count == 1)
    #expect(session.transports == [.polling, .webSocket])
    #expect(session.upgraded)
    #expect(session.counts(.clientToServer) == ["prompt": 1])
    #expect(session.counts(.serverToClient) == ["hello": 1, "token": 6])
    #expect(session.connections.count == 2)
    #expect(session.maxPayload == 1_000_000)
    #expect(trace.connections.map(\.transport).contains(.polling))
    #expect(
      trace.connections.first { $0.transport == .polling }?.requests.map(\.method) == ["GET", "POST", "GET", "POST"])
  }

  @Test("a plain WebSocket makes no session")
  func plainWebSocket() throws {
    var chat = Conversation()
    chat.handshake()
    chat.upgrade(target: "/live")
    chat.send(.serverToClient, text: "42[\"looks like an event\"]")
    let trace = Trace(chat.recorded)
    #expect(trace.sessions.isEmpty)
    #expect(trace.connections.first?.webSocket?.messages.serverToClient.text == 1)
  }

  @Test("copies are counted and change nothing")
  func copies() throws {
    var chat = chat()
    for index in chat.packets.indices { chat.duplicate(index) }
    let trace = Trace(chat.recorded)
    #expect(trace.counts.duplicates == trace.counts.packets / 2)
    #expect(trace.sessions.first?.counts(.serverToClient) == ["token": 40, "done": 2])
    #expect(trace.connections.first?.tcp.health.serverToClient.retransmissions == 0)
  }

  @Test("an open WebSocket at the end of the capture has no end")
  func stillOpen() throws {
    var chat = Conversation()
    chat.handshake()
    chat.upgrade()
    chat.open(sid: "abc")
    let end = try #require(Trace(chat.recorded).webSocketEnds.first)
    #expect(end.endedBy == nil && end.ended == nil && !end.isClean)
  }

  @Test("upgrades on ports that are not followed are counted by port")
  func otherPorts() {
    var options = AnalysisOptions()
    options.ports = PortSelection([9000])
    let trace = Trace(chat().recorded, options: options)
    #expect(trace.counts.otherPorts == [8080: 1])
    #expect(trace.connections.isEmpty)
  }

  @Test("packet counts: SYNs, payload, cut packets and what was no TCP")
  func counts() throws {
    var packets = chat().recorded
    packets.append(RecordedPacket(time: packets[0].time, bytes: [1, 2, 3]))
    packets[10] = packets[10].cut(to: 60)
    let trace = Trace(packets)
    let facts = try #require(trace.facts)
    #expect(facts.packets == packets.count)
    #expect(facts.truncated == 1)
    #expect(facts.synSegments == 2 && facts.synAckSegments == 1)
    #expect(trace.counts.skipped.values.reduce(0, +) == 1)
    #expect(facts.segmentsWithPayload < facts.segments)
  }

  @Test("random bytes in place of packets' never trap", arguments: UInt64(0)..<20)
  func mutations(seed: UInt64) {
    var state = seed &+ 1
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    var options = AnalysisOptions()
    options.wantsMessages = true
    var packets = chat().recorded
    for _ in 0..<60 {
      let index = random(packets.count)
      let offset = random(packets[index].bytes.count)
      switch random(4) {
      case 0: packets[index].bytes[offset] = UInt8(random(256))
      case 1: packets[index].bytes = Array(packets[index].bytes.prefix(offset + 1))
      case 2: packets.swapAt(index, random(packets.count))
      default: packets[index].bytes[offset] ^= UInt8(1 << random(8))
      }
    }
    let trace = Trace(packets, options: options)
    #expect(trace.counts.packets == packets.count)
    #expect(trace.facts != nil)
  }
}

@Suite struct SkippedPacketTests {
  @Test("fragments whose datagram never becomes complete are counted with the packets that were skipped")
  func fragments() throws {
    var chat = Conversation()
    chat.handshake()
    chat.request("GET", "/")
    var packets = chat.recorded
    var fragment = PacketBuilder(from: chat.client, to: chat.server)
    // With the TCP header a multiple of eight, as all fragments but the last have it.
    fragment.payload = Array(repeating: 0, count: 60)
    var bytes = fragment.bytes
    // More fragments follow (RFC 791 section 3.1), and never come.
    bytes[fragment.offsets.ip + 6] = 0x20
    packets.append(RecordedPacket(time: chat.clock + .seconds(1), bytes: bytes, linkType: packets[0].linkType))
    #expect(Trace(packets).counts.skipped[.fragmentIncomplete] == 1)
    #expect(Trace(chat.recorded).counts.skipped.isEmpty)
  }
}
