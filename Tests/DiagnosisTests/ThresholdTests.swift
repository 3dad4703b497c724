import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct ThresholdTests {
  private func ids(_ packets: [RecordedPacket], _ id: FindingID, _ threshold: Interval) -> [FindingID] {
    var thresholds = Thresholds()
    thresholds[id] = threshold
    return findings(in: packets, thresholds: thresholds).map(\.id)
  }

  @Test("a higher threshold silences a stall, and says itself in the evidence below it")
  func stall() throws {
    var chat = Conversation.chat(pingInterval: 60_000)
    chat.answer()
    chat.event(.clientToServer, "prompt", after: .milliseconds(200))
    chat.stream(count: 10)
    chat.event(.serverToClient, "token", after: .seconds(4))
    chat.stream(count: 10)
    chat.event(.serverToClient, "done")
    #expect(ids(chat.recorded, "stalled-stream", .seconds(3)) == ["stalled-stream"])
    #expect(ids(chat.recorded, "stalled-stream", .seconds(5)).isEmpty)
  }

  @Test("a lower threshold reports an upgrade that waits shorter")
  func upgrade() {
    var chat = Conversation()
    chat.handshake()
    chat.requestUpgrade()
    chat.keepAlive(.clientToServer, after: .milliseconds(1500))
    #expect(!ids(chat.recorded, "missing-101", .seconds(2)).contains("missing-101"))
    #expect(ids(chat.recorded, "missing-101", .seconds(1)).contains("missing-101"))
  }

  @Test("an event waits for its answer as long as the threshold says")
  func event() {
    var chat = Conversation.chat(pingInterval: 60_000)
    chat.event(.clientToServer, "save", ack: 3)
    chat.keepAlive(.clientToServer, after: .seconds(15))
    #expect(ids(chat.recorded, "unanswered-event", .seconds(10)) == ["unanswered-event"])
    #expect(ids(chat.recorded, "unanswered-event", .seconds(20)).isEmpty)
  }

  @Test("a slow 101 is reported from the threshold on")
  func slow() {
    var chat = Conversation()
    chat.handshake()
    chat.requestUpgrade()
    chat.acceptUpgrade(after: .milliseconds(600))
    #expect(!ids(chat.recorded, "slow-upgrade", .seconds(1)).contains("slow-upgrade"))
    #expect(ids(chat.recorded, "slow-upgrade", .milliseconds(500)).contains("slow-upgrade"))
  }

  @Test("each threshold has a default, and a reason of one sentence")
  func catalogue() {
    let entries = Diagnostician.catalogue.filter { $0.threshold != nil }
    #expect(entries.count >= 15)
    for entry in entries {
      #expect((entry.threshold?.standard ?? .zero) > .zero)
      #expect(entry.threshold?.reason.hasSuffix(".") == true)
    }
    #expect(entries.first { $0.id == "stalled-stream" }?.threshold?.standardText == "2s")
    #expect(entries.first { $0.id == "buffering-delay" }?.threshold?.standardText == "250ms")
  }
}
