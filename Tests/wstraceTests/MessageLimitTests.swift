import Foundation
import Packets
import TestSupport
import Testing

/// Captures with more messages than a ticket takes.
@Suite(.enabled(if: Tool.isBuilt, "wstrace is not built: swift build -c release"))
struct MessageLimitTests {
  private let folder: TemporaryFolder
  private let capture: String

  init() throws {
    folder = try TemporaryFolder()
    // The chat that stalls begins last, so that its place is no reason to list it.
    let chats = (0..<3).map { Self.chat(port: 50_000 + $0, sid: "quiet\($0)") } + [Self.stall()]
    capture = try folder.write(PcapBuilder(chats.flatMap(\.recorded).sortedByTime()).bytes, as: "chats.pcap")
  }

  private static func chat(port: Int, sid: String) -> Conversation {
    var chat = Conversation(client: .at("10.0.0.2", UInt16(port)))
    chat.wait(.milliseconds(Int64(port - 50_000)))
    chat.handshake()
    chat.upgrade()
    chat.open(sid: sid)
    for _ in 0..<2 {
      chat.event(.clientToServer, "prompt")
      chat.stream(count: 20)
      chat.event(.serverToClient, "done")
    }
    return chat
  }

  private static func stall() -> Conversation {
    var chat = chat(port: 50_003, sid: "stalled")
    chat.event(.clientToServer, "prompt")
    chat.stream(count: 10)
    chat.wait(.seconds(12))
    chat.stream(count: 10)
    chat.event(.serverToClient, "done")
    chat.close(code: 1000)
    return chat
  }

  /// What a report with a limit lists.
  private struct Listed {
    var messages: [[String: Any]]
    var leftOut: Int?
    var finding: [String: Any]
    var timeline: [Substring]
    var summary: String
    var page: String

    func count(_ connection: Int) -> Int { messages.count { $0["connection"] as? Int == connection } }
    var isSaid: Bool { summary.contains("--message-limit all") && page.contains("--message-limit all") }
  }

  private func report(_ limit: String?) throws -> Listed {
    let ticket = folder.path + "/ticket-\(limit ?? "")"
    let options = limit.map { ["--message-limit", $0] } ?? []
    let outcome = try Tool.run(["report", capture] + options + ["-o", ticket])
    #expect(outcome.status == 0, "\(outcome.errors)")
    func text(_ name: String) throws -> String {
      String(decoding: try contents(of: "\(ticket)/\(name)"), as: UTF8.self)
    }
    let trace = try JSONSerialization.jsonObject(with: Data(try text("trace.json").utf8)) as? [String: Any] ?? [:]
    return Listed(
      messages: trace["messages"] as? [[String: Any]] ?? [], leftOut: trace["messagesLeftOut"] as? Int,
      finding: (trace["findings"] as? [[String: Any]])?.first { $0["id"] as? String == "stalled-stream" } ?? [:],
      timeline: try text("timeline.txt").split(separator: "\n"), summary: try text("summary.md"),
      page: try text("report.html"))
  }

  @Test("all messages are listed unless there are more than the limit", arguments: [nil, "all", "250000"])
  func whole(limit: String?) throws {
    let listed = try report(limit)
    #expect(listed.messages.count > 150)
    #expect(listed.leftOut == nil)
    #expect(listed.timeline.count == listed.messages.count + 1)
    #expect(!listed.isSaid)
  }

  @Test("a connection with a finding is listed whole, and of the others what there is room for")
  func flagged() throws {
    let all = try report("all")
    let stalled = all.count(4)
    let limit = stalled * 2
    let listed = try report("\(limit)")
    #expect(listed.messages.count == limit)
    #expect(listed.leftOut == all.messages.count - limit)
    #expect(listed.count(4) == stalled)
    // One more fits whole, and of the next one its beginning.
    #expect(listed.count(1) == all.count(1))
    #expect(listed.count(2) == limit - stalled - all.count(1))
    #expect(listed.count(3) == 0)
    #expect(listed.isSaid)
    #expect(
      listed.timeline.last == "\(all.messages.count - limit) messages are left out; --message-limit all lists all.")
    #expect(listed.timeline.count == limit + 2)
  }

  @Test("of a connection that is too long, what stands around its findings is listed")
  func around() throws {
    let listed = try report("40")
    let at = try #require(listed.finding["at"] as? Double)
    let until = try #require(listed.finding["until"] as? Double)
    let own = listed.messages.filter { $0["connection"] as? Int == 4 }.compactMap { $0["at"] as? Double }
    #expect(own.count == 20)
    #expect(own.allSatisfy { abs($0 - at) <= 2 || abs($0 - until) <= 2 })
    #expect(listed.count(1) == 20)
    #expect(listed.isSaid)
  }

  @Test("no message at all, where none is wanted")
  func none() throws {
    let listed = try report("0")
    #expect(listed.messages.isEmpty)
    #expect((listed.leftOut ?? 0) > 150)
  }

  @Test("a limit that is none is refused", arguments: ["-1", "many"])
  func wrong(limit: String) throws {
    #expect(try Tool.run(["report", capture, "--message-limit=\(limit)", "-o", folder.path + "/t"]).status == 2)
  }
}
