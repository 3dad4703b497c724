import Foundation
import TestSupport
import Testing

/// `wstrace live` on the host of a proxy: nginx between a chat's clients and its server.
@Suite(
  .enabled(if: Tool.isBuilt, "wstrace is not built: swift build -c release"),
  .enabled(if: ProxiedNetwork.missing == nil, Comment(rawValue: ProxiedNetwork.missing ?? "")))
struct ProxiedLiveTests {
  @Test(
    "sessions, events and messages of half a minute are those of the applications' logs, and none is dropped",
    .timeLimit(.minutes(2)))
  func chat() throws {
    let network = try ProxiedNetwork()
    let folder = try TemporaryFolder()
    chmod(folder.path, 0o777)
    let saved = folder.path + "/chat.pcap"
    let server = try network.server(["--ping", "5"])
    let live = try LiveProgram.start([
      "--netns", network.proxyPath, "-i", "any", "--format", "json", "--write", saved,
    ])
    // Fifteen answers of two seconds.
    let client = try network.client(["--sessions", "20", "--prompts", "15"])
    #expect(client.wait() == 0)
    usleep(1_000_000)
    live.signal(SIGINT)
    #expect(live.wait() == 0, "\(live.errors)")
    server.signal(SIGTERM)
    server.wait()
    let (sent, got) = (try ChatCounts.logged(by: server), try ChatCounts.logged(by: client))
    let document = try ChatCounts.json(live.output)
    try compareEvents(document, sent, got)
    for leg in ["client", "upstream"] {
      #expect(ChatCounts.messages(document, leg: leg, "serverToClient") == sent["sent"])
      #expect(ChatCounts.messages(document, leg: leg, "clientToServer") == got["sent"])
    }
    #expect(sent["sent"] == got["got"] && sent["got"] == got["sent"])
    let capture = try #require((document["captures"] as? [[String: Any]])?.first)
    #expect(capture["packetsDropped"] as? Int == 0)
    #expect((document["findings"] as? [Any])?.count == 0)
    #expect(try ChatCounts.comparable(document) == ChatCounts.comparable(Tool.document([saved])))
  }

  private func compareEvents(_ document: [String: Any], _ sent: [String: Int], _ got: [String: Int]) throws {
    #expect((document["sessions"] as? [Any])?.count == 20)
    #expect(sent["sessions"] == 20 && got["sessions"] == 20 && got["failed"] == 0)
    for (event, count) in [("token", "tokens"), ("done", "done")] {
      #expect(ChatCounts.events(document, "serverToClient", event) == sent[count])
      #expect(sent[count] == got[count])
    }
    #expect(ChatCounts.events(document, "clientToServer", "prompt") == got["prompts"])
    #expect(sent["prompts"] == got["prompts"])
    #expect(got["tokens"] == 20 * 15 * 40)
  }

  @Test("each fault is told within two seconds of its threshold, while it lasts", .timeLimit(.minutes(2)))
  func faults() throws {
    let network = try ProxiedNetwork()
    var server = try network.server(Self.answers)
    let live = try LiveProgram.start(["--netns", network.proxyPath, "-i", "any", "--format", "ndjson"])
    let watch = FindingWatch(live)
    var told: [FindingWatch.Sighting] = []

    func expect(_ ids: String..., of fault: String, by act: () throws -> Void) rethrows {
      let start = Date()
      try act()
      for id in ids {
        let sighting = watch.wait(15, for: id, since: start)
        #expect(sighting != nil, "\(fault): \(id) was not told")
        told += sighting.map { [$0] } ?? []
      }
    }

    var client = try network.client(["--sessions", "2", "--prompts", "100"])
    try waitForAnswer(live, after: 0)
    try expect("upgrade-header-stripped", of: "stripped headers") {
      try network.client([], through: ProxiedNetwork.strippingProxy).wait()
    }
    try waitForAnswer(live, after: live.output.utf8.count)
    expect("stalled-stream", of: "a frozen server") { server.signal(SIGSTOP) }
    server.signal(SIGCONT)
    try waitForAnswer(live, after: live.output.utf8.count)
    expect("abnormal-close", of: "a server that is gone") { server.signal(SIGKILL) }
    client.wait()
    try expect("missing-101", of: "a server that is not there") { try network.client([]).wait() }
    server = try network.server(Self.answers)
    client = try network.client(["--sessions", "2", "--prompts", "100"])
    try waitForAnswer(live, after: live.output.utf8.count)
    let dropped = Date()
    try expect("network-loss", "half-open", of: "dropped packets") { try network.dropServerPackets() }
    // The stall follows from the loss: one cause, one finding.
    #expect(!watch.sightings.contains { $0.seen > dropped && $0.finding["blame"] as? String == "proxy" })
    client.signal(SIGTERM)
    live.signal(SIGINT)
    #expect(live.wait() == 0, "\(live.errors)")
    watch.read()
    let epoch = try #require(watch.epoch)
    for sighting in told {
      let late = sighting.seen.timeIntervalSince1970 - (epoch + sighting.at + Self.threshold(of: sighting))
      #expect(late < 2, "\(sighting.id) was told \(late) s after its threshold")
    }
  }

  /// Answers of a second, so that their end is soon known; and no heartbeat is due meanwhile.
  private static let answers = ["--interval", "0.02", "--tokens", "50", "--ping", "25"]

  /// Waits until an answer has ended and the next one is under way.
  private func waitForAnswer(_ live: RunningProgram, after length: Int) throws {
    #expect(live.wait(10) { $0.output.utf8.dropFirst(length).count > 0 && Self.hasEnd($0.output, after: length) })
    usleep(400_000)
  }

  private static func hasEnd(_ output: String, after length: Int) -> Bool {
    String(decoding: output.utf8.dropFirst(length), as: UTF8.self).contains("\"event\":\"done\"")
  }

  /// How long a fault has to last before it is one, in seconds.
  private static func threshold(of sighting: FindingWatch.Sighting) -> Double {
    switch sighting.id {
    case "stalled-stream", "network-loss": sighting.threshold
    // Its threshold counts repetitions, three at least; they have to go unanswered for five seconds.
    case "half-open": 5
    // What a packet shows is there with the packet.
    default: 0
    }
  }
}
