import Bytes
import Packets
import TestSupport
import Testing

@Suite struct ConversationTests {
  /// A conversation with a bit of everything.
  private func chat(link: LinkFraming = .ethernet, ipv6: Bool = false) -> Conversation {
    var chat =
      ipv6
      ? Conversation(client: .at("fd00::2", 50_000), server: .at("fd00::10", 8080), link: link)
      : Conversation(link: link)
    chat.handshake()
    chat.openPolling(sid: "abc")
    chat.post(sid: "abc", ["40"])
    chat.poll(sid: "abc", [SocketIOText.connected(id: "x"), "2"])
    chat.upgrade(target: "/socket.io/?EIO=4&transport=websocket&sid=abc")
    chat.probe()
    chat.event(.clientToServer, "prompt", #"{"text":"hi"}"#, ack: 0)
    chat.stream(count: 5)
    chat.send(.serverToClient, binary: [UInt8](repeating: 7, count: 70_000))
    chat.heartbeat()
    chat.close()
    return chat
  }

  @Test("a script's packets are in the order of time and numbered from 1")
  func numbering() {
    var chat = Conversation()
    chat.handshake()
    let sent = chat.send(.clientToServer, bytes: [UInt8](repeating: 0, count: 3_000))
    #expect(sent.count == 3)
    #expect(sent.map { chat.packetNumber(of: $0) } == [4, 5, 6])
    chat.swap(sent.lowerBound, sent.lowerBound + 2)
    chat.delay(sent.lowerBound, by: .milliseconds(5))
    chat.drop(sent.lowerBound + 1)
    #expect(chat.packetNumber(of: sent.lowerBound + 2) == 4)
    #expect(chat.packetNumber(of: sent.lowerBound) == 6)
    #expect(chat.recorded.count == 6)
  }

  @Test("sequence numbers chain, wrap around and count SYN and FIN")
  func sequences() {
    var chat = Conversation(initialSequences: Directional(clientToServer: .max - 1, serverToClient: 7))
    chat.handshake()
    chat.send(.clientToServer, bytes: [1, 2, 3])
    #expect(chat.nextSequence(.clientToServer) == 2)
    #expect(chat.nextSequence(.serverToClient) == 8)
    chat.finish()
    #expect(chat.nextSequence(.clientToServer) == 3)
  }

  @Test("a proxy's timer lets bytes go together and leaves the sender's pace alone")
  func flushes() {
    var chat = ProxiedConversation()
    chat.handshake()
    chat.upgrade()
    chat.delay = ProxiedConversation.flushing(every: .milliseconds(500))
    let tokens = (0..<10).map { _ in chat.send(.serverToClient, text: "42[\"token\"]", after: .milliseconds(50)) }
    let sent = tokens.map { chat.upstream.packets[$0.sent.lowerBound].time }
    let passedOn = tokens.map { chat.client.packets[$0.passedOn.lowerBound].time }
    #expect(zip(sent, sent.dropFirst()).allSatisfy { $1 - $0 == .milliseconds(50) })
    #expect(Set(passedOn).count == 2)
  }

  @Test(
    "tshark finds nothing wrong with a scripted conversation, whatever the link",
    .enabled(if: Tshark.path != nil, "tshark is not installed"),
    arguments: [
      LinkFraming.ethernet, .ethernet(vlans: [7]), .ethernet(vlans: [5, 6]), .linuxSLL,
      .linuxSLL2(interfaceIndex: 3), .raw, .bsdLoopback,
    ], [false, true])
  func tsharkAgrees(link: LinkFraming, ipv6: Bool) throws {
    let folder = try TemporaryFolder()
    let chat = chat(link: link, ipv6: ipv6)
    var ng = PcapngBuilder(comment: "scripted")
    let interface = ng.addInterface(linkType: link.linkType, name: "eth0", resolution: 9)
    for packet in chat.recorded { ng.append(packet, interface: interface) }
    ng.appendStatistics(at: chat.clock, received: UInt64(chat.recorded.count), dropped: 0)
    var bigEndian = PcapBuilder(chat.recorded)
    bigEndian.isBigEndian = true
    bigEndian.hasNanoseconds = true
    for (name, bytes) in [("a.pcap", chat.pcap()), ("b.pcapng", ng.bytes), ("c.pcap", bigEndian.bytes)] {
      let file = try folder.write(bytes, as: name)
      let lines = try Tshark.fields(
        ["frame.time_epoch", "_ws.expert.severity", "tcp.checksum.status", "ip.checksum.status", "websocket.opcode"],
        of: file, options: ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"])
      let rows = try #require(lines)
      #expect(rows.count == chat.recorded.count, "\(name)")
      #expect(rows.first?[0].hasPrefix("1767268800.000000") == true, "\(name)")
      #expect(rows.allSatisfy { $0[1].split(separator: ",").allSatisfy { (Int($0) ?? 0) < Self.warning } }, "\(name)")
      #expect(rows.allSatisfy { $0[2] == "1" && $0[3] == (ipv6 ? "" : "1") }, "\(name)")
      #expect(rows.map { $0[4] }.joined() == "11111111121188", "\(name)")
    }
  }

  /// Wireshark's expert severity "warning".
  private static let warning = 0x0060_0000

  @Test("an accepted handshake is the RFC's example")
  func handshake() {
    let answer = String(decoding: WebSocketHandshake.response(), as: UTF8.self)
    #expect(answer.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"))
  }
}
