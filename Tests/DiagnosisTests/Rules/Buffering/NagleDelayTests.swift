import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct NagleDelayTests {
  /// Pairs of tokens: the second waits for the acknowledgement of the first, which the receiver delays.
  private func chat(delay: Interval, reaction: Interval, count: Int = 8) -> Conversation {
    var chat = Conversation.chat()
    chat.event(.clientToServer, "prompt")
    for index in 0..<count {
      chat.acknowledgesData = false
      chat.event(.serverToClient, "token", "\(index)", after: .milliseconds(300))
      chat.acknowledge(.clientToServer, after: delay)
      chat.acknowledgesData = true
      chat.event(.serverToClient, "token", "\(index)", after: reaction)
    }
    return chat
  }

  @Test("segments that leave at once when a late acknowledgement comes", arguments: [41, 44, 200])
  func fires(milliseconds: Int64) throws {
    let packets = chat(delay: .milliseconds(milliseconds), reaction: Interval(nanoseconds: 20_000)).recorded
    let finding = try expectOne("buffering-delay", .warning, blame: .server, in: packets)
    #expect(finding.word("cause") == "nagle")
    #expect(finding.measure("segments") == 8)
    #expect(finding.remedy.contains("setNoDelay"))
  }

  @Test("an application's clock does not follow the acknowledgements")
  func clock() {
    #expect(ids(in: chat(delay: .milliseconds(41), reaction: .milliseconds(9)).recorded).isEmpty)
  }

  @Test("who sends while earlier segments are not acknowledged waits for no acknowledgement, whatever the clock hits")
  func unacknowledged() {
    var chat = Conversation.chat()
    chat.event(.clientToServer, "prompt")
    for index in 0..<10 {
      chat.acknowledgesData = false
      chat.event(.serverToClient, "token", "\(index)", after: .milliseconds(39))
      chat.event(.serverToClient, "token", "\(index)", after: .milliseconds(40))
      chat.acknowledge(.clientToServer, after: .milliseconds(40))
      chat.acknowledgesData = true
      chat.event(.serverToClient, "token", "\(index)", after: Interval(nanoseconds: 300_000))
    }
    #expect(ids(in: chat.recorded).isEmpty)
  }

  @Test("acknowledgements that come soon hold nothing back, and a few times are chance")
  func soon() {
    let reaction = Interval(nanoseconds: 20_000)
    #expect(ids(in: chat(delay: .milliseconds(20), reaction: reaction).recorded).isEmpty)
    #expect(ids(in: chat(delay: .milliseconds(41), reaction: reaction, count: 4).recorded).isEmpty)
  }
}
