import Foundation
import TestSupport
import Testing

/// nginx, python-socketio under uvicorn, Node's ws, python-socketio's client and a browser, recorded while they speak.
@Suite(
  .enabled(if: Tool.isBuilt, "make build has not been run"),
  .enabled(if: LivePeers.missing == nil, Comment(rawValue: LivePeers.missing ?? "")))
struct LiveConversationTests {
  @Test("every event that the programs have noted is decoded, in their order, and no other", .timeLimit(.minutes(1)))
  func conversation() throws {
    let folder = try TemporaryFolder()
    try LivePeers.converse(in: folder)
    let journal = try Journal(folder: folder)
    let decoded = DecodedConversation(
      try Tool.document(["--timeline", "--payload-limit", "all", folder.path + "/capture.pcap"]))
    try compareSessions(decoded, journal)
    try compareMessages(decoded, journal)
    checkTransports(decoded)
  }

  /// Each session's events are those that the server noted, and those that its client did.
  private func compareSessions(_ decoded: DecodedConversation, _ journal: Journal) throws {
    let server = try #require(journal.events["server.jsonl"])
    #expect(server.keys.count == 8, "four clients, two directions")
    #expect(Set(decoded.events.keys) == Set(server.keys))
    for (side, events) in server { #expect(decoded.events[side] == events, "the server's journal, \(side)") }
    for (name, sides) in journal.events where name.hasPrefix("client") || name.hasPrefix("browser") {
      for (side, events) in sides where side.conversation != "echo" {
        #expect(decoded.events[side] == events, "\(name), \(side)")
      }
    }
    for session in decoded.sessions {
      #expect((session["acks"] as? [String: Int])?["serverToClient"] == 2)
      #expect((session["heartbeats"] as? Int ?? 0) >= 1)
      #expect(session["closedBy"] as? String == "client")
    }
  }

  /// The plain WebSocket's messages are those that Node's ws noted, and those that the browser did.
  private func compareMessages(_ decoded: DecodedConversation, _ journal: Journal) throws {
    let server = try #require(journal.events["echo.jsonl"])
    let browser = try #require(journal.events["browser.journal.json"])
    for direction in ["clientToServer", "serverToClient"] {
      let heard = decoded.messages.filter { $0.key.direction == direction }.values.flatMap { $0 }
      #expect(heard.count == 6)
      #expect(heard == server.filter { $0.key.direction == direction }.values.flatMap { $0 })
      #expect(heard == browser[Side(conversation: "echo", direction: direction)])
    }
  }

  /// The conversation had what it was made for: every transport, compression, fragments and both legs.
  private func checkTransports(_ decoded: DecodedConversation) {
    let transports = Set(decoded.sessions.compactMap { $0["transports"] as? [String] })
    #expect(transports == [["polling", "websocket"], ["polling"], ["websocket"]])
    let webSockets = decoded.connections.compactMap { $0["websocket"] as? [String: Any] }
    let frames = webSockets.compactMap { ($0["frames"] as? [String: Any])?["serverToClient"] as? [String: Int] }
    #expect(frames.filter { ($0["compressed"] ?? 0) > 0 }.count >= 4, "the browser's two, on both legs")
    #expect(frames.contains { ($0["continuation"] ?? 0) > 0 })
    #expect(decoded.connections.contains { $0["leg"] as? String == "upstream" })
    #expect(!decoded.findings.contains { $0["id"] as? String == "protocol-violation" })
  }
}
