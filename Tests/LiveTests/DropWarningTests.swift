import Live
import Packets
import Testing

@Suite("Lost packets are said")
struct DropWarningTests {
  @Test("when some are, and then once a minute, with those that were not said before")
  func minute() {
    var warning = DropWarning()
    #expect(warning.sentence(dropped: 0, running: .seconds(1)) == nil)
    #expect(warning.sentence(dropped: 1, running: .seconds(2))?.hasPrefix("1 packet was lost") == true)
    #expect(warning.sentence(dropped: 5, running: .seconds(30)) == nil)
    #expect(warning.sentence(dropped: 7, running: .seconds(63))?.hasPrefix("6 packets were lost") == true)
    #expect(warning.sentence(dropped: 7, running: .seconds(200)) == nil)
  }
}
