import Diagnosis
import Packets
import TestSupport
import Testing

/// The capture's own shortcomings are never a fault of the peers.
@Suite struct CaptureTests {
  private func chat() -> Conversation {
    var chat = Conversation.chat()
    chat.answer()
    chat.close(code: 1000)
    return chat
  }

  /// The packets of a script that a filter kept.
  private func kept(_ chat: Conversation, where isKept: (ScriptedPacket) -> Bool) -> [RecordedPacket] {
    chat.packets.filter(isKept).map(\.recorded).sortedByTime()
  }

  @Test("a capture of SYNs alone")
  func synOnly() throws {
    let packets = kept(chat()) { $0.packet.flags.contains(.syn) }
    let finding = try expectOne("capture-syn-only", .warning, blame: .capture, in: packets)
    #expect(finding.measure("segments") == 2)
    #expect(ids(in: packets) == ["capture-syn-only"])
  }

  @Test("a handshake without data is more than SYNs")
  func handshakeOnly() {
    var chat = Conversation()
    chat.handshake()
    #expect(ids(in: chat.recorded).isEmpty)
  }

  @Test("SYN-ACKs that are sent again and again were not filtered, but dropped")
  func synAcksRepeated() {
    var chat = Conversation()
    chat.segment(.clientToServer, flags: .syn, at: chat.clock)
    let answer = chat.segment(.serverToClient, flags: [.syn, .ack], at: chat.clock + .milliseconds(1))
    for delay in [1.0, 3, 7] { chat.retransmit(answer, at: chat.clock + .seconds(delay)) }
    #expect(ids(in: chat.recorded) == ["connect-timeout"])
  }

  @Test("one direction alone", arguments: Direction.allCases)
  func oneSided(direction: Direction) throws {
    let packets = kept(chat()) { $0.direction == direction }
    _ = try expectOne("capture-one-sided", .notice, blame: .capture, in: packets)
    #expect(findings(in: packets).allSatisfy { $0.blame == .capture })
  }

  @Test("one connection with one direction beside a whole one is not a one-sided capture")
  func partlyOneSided() {
    var other = Conversation(client: .at("10.0.0.3", 50_000))
    other.handshake()
    let packets = chat().recorded + kept(other) { $0.direction == .clientToServer }
    #expect(!ids(in: packets.sortedByTime()).contains("capture-one-sided"))
  }

  @Test("packets that a snap length cut")
  func truncated() throws {
    let packets = chat().recorded.map { $0.cut(to: 96) }
    let finding = try expectOne("capture-truncated", .notice, blame: .capture, in: packets)
    #expect(finding.measure("truncatedPackets") == Double(packets.count { $0.bytes.count < $0.originalLength }))
    #expect((finding.measure("missingBytes") ?? 0) > 0)
    #expect(findings(in: packets).allSatisfy { $0.blame == .capture })
  }

  @Test("a snap length that cuts nothing")
  func untruncated() {
    #expect(ids(in: chat().recorded.map { $0.cut(to: 1_600) }).isEmpty)
  }

  @Test("bytes that were acknowledged and never captured")
  func gap() throws {
    var chat = Conversation.chat()
    let tokens = chat.stream(count: 20)
    chat.drop(tokens[7])
    chat.close(code: 1000)
    let lost = chat.packets[tokens[7].lowerBound].packet.payload.count
    let finding = try expectOne("capture-gap", .notice, blame: .capture, in: chat.recorded)
    #expect(finding.measure("lostBytes") == Double(lost))
    #expect(ids(in: chat.recorded) == ["capture-gap"])
  }

  @Test("bytes that were lost on the network and sent again are no gap")
  func retransmitted() {
    var chat = Conversation.chat()
    chat.acknowledgesData = false
    let sent = chat.event(.serverToClient, "hello")
    chat.drop(sent)
    chat.retransmit(sent.lowerBound)
    chat.wait(.milliseconds(201))
    chat.acknowledgesData = true
    chat.acknowledge(.clientToServer, after: .milliseconds(1))
    chat.close(code: 1000)
    #expect(ids(in: chat.recorded).isEmpty)
  }

  @Test("connections that were open before the capture began")
  func midStream() throws {
    let packets = Array(chat().recorded.dropFirst(6))
    let finding = try expectOne("capture-mid-stream", .notice, blame: .capture, packets: [1], in: packets)
    #expect(finding.measure("connections") == 1)
    #expect(ids(in: packets) == ["capture-mid-stream"])
  }

  @Test("a connection that began with its SYN-ACK began in the capture")
  func fromSYNACK() {
    #expect(!ids(in: Array(chat().recorded.dropFirst(1))).contains("capture-mid-stream"))
  }

  @Test("packets that are in the capture twice")
  func duplicates() throws {
    var chat = chat()
    let count = chat.packets.count
    for index in chat.packets.indices { chat.duplicate(index) }
    let finding = try expectOne("capture-duplicates", .notice, blame: .capture, in: chat.recorded)
    #expect(finding.measure("duplicates") == Double(count))
    #expect(ids(in: chat.recorded) == ["capture-duplicates"])
  }

  @Test("a retransmission is no copy")
  func retransmissionIsNoCopy() {
    var chat = Conversation.chat()
    let sent = chat.event(.serverToClient, "hello")
    chat.retransmit(sent.lowerBound)
    chat.wait(.milliseconds(250))
    chat.close(code: 1000)
    #expect(ids(in: chat.recorded).isEmpty)
  }
}
