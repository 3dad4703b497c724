import Diagnosis
import Live
import Packets
import Testing

@Suite("The ledger of findings")
struct FindingLedgerTests {
  static func finding(
    _ id: FindingID, packet: Int, sid: String? = nil, connections: [Int] = [1], count: Int = 1,
    severity: Severity = .error, blame: Blame = .server
  ) -> Finding {
    var finding = Finding(
      id, severity, .certain, blame: blame, connections: connections, at: reference(packet), packets: [], title: "t",
      detail: "d", remedy: "r")
    finding.sid = sid
    finding.count = count
    return finding
  }

  static func reference(_ packet: Int) -> PacketReference {
    PacketReference(capture: 0, number: packet, time: time(Double(packet)))
  }

  static func time(_ seconds: Double) -> Timestamp { Timestamp(nanoseconds: 0) + .seconds(seconds) }

  @Test("numbers are given in the order of appearance and stay")
  func numbers() {
    var ledger = FindingLedger()
    let late = Self.finding("abnormal-close", packet: 9, connections: [2])
    let early = Self.finding("missing-101", packet: 3)
    #expect(ledger.update([late], at: Self.time(10)).map(\.finding.number) == [1])
    #expect(ledger.update([early, late], at: Self.time(11)).map(\.finding.number) == [2])
    #expect(ledger.update([early, late], at: Self.time(12)).isEmpty)
    #expect(ledger.entries.map(\.finding.number) == [1, 2])
    #expect(ledger.entries.map(\.appeared) == [Self.time(10), Self.time(11)])
  }

  @Test("what is concluded no more is withdrawn, and its number is not given again")
  func withdrawn() {
    var ledger = FindingLedger()
    _ = ledger.update([Self.finding("missing-101", packet: 3)], at: Self.time(5))
    let changes = ledger.update([], at: Self.time(6))
    #expect(changes.count == 1 && changes[0].isWithdrawn)
    #expect(ledger.update([Self.finding("missing-101", packet: 8)], at: Self.time(9)).map(\.finding.number) == [2])
  }

  @Test("a repeated fault is told when its count has doubled, and the last time in any case")
  func doubling() {
    var ledger = FindingLedger()
    var told: [Int] = []
    for count in 1...20 {
      let finding = Self.finding("request-refused", packet: 3, count: count)
      told += ledger.update([finding], at: Self.time(Double(count))).map(\.finding.count)
    }
    #expect(told.first == 1)
    #expect(told.count < 6)
    let last = ledger.update([Self.finding("request-refused", packet: 3, count: 20)], at: Self.time(30), isLast: true)
    #expect(last.map(\.finding.count) == (told.last == 20 ? [] : [20]))
  }

  @Test("that a finding on record lists less than it did is no news")
  func abridged() {
    var ledger = FindingLedger()
    var finding = Self.finding("reconnect-storm", packet: 3, connections: Array(1...500))
    _ = ledger.update([finding], at: Self.time(5))
    finding.abridge(connections: 100, packets: 10)
    #expect(ledger.update([finding], at: Self.time(6)).isEmpty)
    #expect(ledger.update([finding], at: Self.time(7), isLast: true).isEmpty)
  }

  @Test("two stalls of one session are two findings; a group whose first packet changes stays one")
  func matching() {
    var ledger = FindingLedger()
    let first = Self.finding("stalled-stream", packet: 3, sid: "a")
    let second = Self.finding("stalled-stream", packet: 30, sid: "a")
    _ = ledger.update([first], at: Self.time(5))
    #expect(ledger.update([first, second], at: Self.time(35)).map(\.finding.number) == [2])
    var groups = FindingLedger()
    _ = groups.update([Self.finding("connect-refused", packet: 9, connections: [4])], at: Self.time(9))
    let earlier = Self.finding("connect-refused", packet: 8, connections: [3, 4])
    #expect(!groups.update([earlier], at: Self.time(10)).contains { $0.isAppeared || $0.isWithdrawn })
  }

  @Test("a shortcoming of the capture is told only when it lasts")
  func settling() {
    let oneSided = Self.finding("capture-one-sided", packet: 1, connections: [], severity: .notice, blame: .capture)
    var ledger = FindingLedger()
    #expect(ledger.update([oneSided], at: Self.time(1)).isEmpty)
    #expect(ledger.update([oneSided], at: Self.time(2)).isEmpty)
    #expect(ledger.update([oneSided], at: Self.time(4.5)).count == 1)
    var short = FindingLedger()
    _ = short.update([oneSided], at: Self.time(1))
    _ = short.update([], at: Self.time(2))
    #expect(short.update([oneSided], at: Self.time(4.5)).isEmpty)
  }

  @Test("the clock's findings are marked, and do not replace what the packets prove")
  func clock() {
    let proven = Self.finding("stalled-stream", packet: 3, severity: .warning)
    let worse = Self.finding("stalled-stream", packet: 3, severity: .error)
    let new = Self.finding("missing-101", packet: 5)
    let same = ClockMarking.join(proven: [proven], atLatest: [proven], atClock: [proven])
    #expect(same.map(\.isByClock) == [false])
    let joined = ClockMarking.join(proven: [proven], atLatest: [proven], atClock: [worse, new])
    #expect(joined.map(\.id) == ["stalled-stream", "missing-101"])
    #expect(joined.map(\.severity) == [.error, .error])
    #expect(joined.map(\.isByClock) == [true, true])
  }

  @Test("what only a conclusion before the end saw is not added to what the end proves")
  func provisional() {
    let finding = Self.finding("missing-101", packet: 5)
    #expect(ClockMarking.join(proven: [], atLatest: [finding], atClock: [finding]).isEmpty)
  }
}
