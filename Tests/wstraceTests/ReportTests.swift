import Foundation
import Packets
import TestSupport
import Testing

/// `wstrace report` as a user runs it.
@Suite(.enabled(if: Tool.isBuilt, "wstrace is not built: swift build -c release"))
struct ReportTests {
  private func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test("a report has its six files, and nothing is left beside it")
  func files() throws {
    let folder = try TemporaryFolder()
    let outcome = try Tool.run(["report", "stalled-pause-12s.pcap", "-o", folder.path + "/ticket/"])
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    #expect(try names(in: folder.path) == ["ticket"])
    let expected = ["evidence.pcap", "manifest.json", "report.html", "summary.md", "timeline.txt", "trace.json"]
    #expect(try names(in: folder.path + "/ticket") == expected)
    let manifest = try object(folder.path + "/ticket/manifest.json")
    #expect((manifest["files"] as? [[String: Any]])?.count == 5)
    #expect((manifest["findingsNotFoundAgain"] as? [Any])?.isEmpty == true)
  }

  @Test("nothing is replaced without --force, and nothing that is no report with it")
  func replacing() throws {
    let folder = try TemporaryFolder()
    let ticket = folder.path + "/ticket"
    #expect(try Tool.run(["report", "connect-refused.pcap", "-o", ticket]).status == 0)
    let again = try Tool.run(["report", "connect-refused.pcap", "-o", ticket])
    #expect(again.status == 2)
    #expect(again.errors.contains("exists; use --force to replace it"))
    #expect(try Tool.run(["report", "connect-refused.pcap", "-o", ticket, "--force"]).status == 0)
    let other = folder.path + "/other"
    try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
    try Data("precious".utf8).write(to: URL(filePath: other + "/file"))
    let refused = try Tool.run(["report", "connect-refused.pcap", "-o", other, "--force"])
    #expect(refused.status == 2)
    #expect(refused.errors.contains("is no report of wstrace"))
    #expect(try names(in: other) == ["file"])
    #expect(try names(in: folder.path) == ["other", "ticket"])
  }

  @Test("a folder that can't be made, an unreadable capture and an unknown session are said, and leave nothing")
  func failures() throws {
    let folder = try TemporaryFolder()
    for arguments in [
      ["report", "connect-refused.pcap", "-o", "/nonexistent/ticket"],
      ["report", "nothing.pcap", "-o", folder.path + "/a"],
      ["report", "healthy-eio3.pcap", "--session", "nobody", "-o", folder.path + "/b"],
      ["report", "healthy-eio3.pcap"],
      ["report", "healthy-eio3.pcap", "--finding", "missing-101", "-o", folder.path + "/c"],
    ] {
      let outcome = try Tool.run(arguments)
      #expect(outcome.status == 2)
      #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
    }
    #expect(try names(in: folder.path) == [])
  }

  @Test(
    "the root cause stands in the first three lines of the summary, which stays short",
    arguments: FaultyRecording.all)
  func verdict(recording: FaultyRecording) throws {
    let outcome = try Tool.run(["report", recording.path, "--format", "markdown", "-o", "-"])
    #expect(outcome.status == 0)
    let head = outcome.output.split(separator: "\n", omittingEmptySubsequences: false).prefix(3).joined(separator: "\n")
    #expect(recording.causes.contains { head.contains($0) }, "\(recording.causes) in \(head)")
    #expect(outcome.output.count < 30_000)
  }

  @Test(
    "evidence packets are those of the capture, and tshark reads them", .enabled(if: Tshark.path != nil, "no tshark"))
  func evidence() throws {
    let folder = try TemporaryFolder()
    let ticket = folder.path + "/ticket"
    _ = try Tool.run(["report", "buffering-1500ms-both-legs.pcap", "-o", ticket])
    let fields = ["tcp.seq_raw", "tcp.len", "frame.time_epoch"]
    let packets = try #require(try Tshark.fields(fields, of: ticket + "/evidence.pcap"))
    let originals = try #require(
      try Tshark.fields(fields, of: PackageRoot.captures + "/buffering-1500ms-both-legs.pcap"))
    let evidence = try #require((try object(ticket + "/manifest.json")["evidence"] as? [[String: Any]])?.first)
    var numbers: [Int] = []
    for run in try #require(evidence["numbers"] as? [[String: Int]]) {
      let (first, count) = (run["original"] ?? 0, run["count"] ?? 0)
      numbers += first..<first + count
    }
    #expect(numbers.count == packets.count)
    for (packet, number) in zip(packets, numbers) { #expect(packet == originals[number - 1]) }
    let malformed = try Tshark.fields(["frame.number"], of: ticket + "/evidence.pcap", filter: "_ws.malformed")
    #expect(malformed == [])
  }

  @Test(
    "the report of one session has no message of another, although they share connections",
    .enabled(if: SharedCaptures.path(of: "healthy-multi.pcap") != nil, "no such recording beside the package"))
  func narrowing() throws {
    let capture = try #require(SharedCaptures.path(of: "healthy-multi.pcap"))
    let sessions = try Tool.document([capture])["sessions"] as? [[String: Any]] ?? []
    let sid = try #require(sessions.first?["sid"] as? String)
    #expect(sessions.count > 1)
    let folder = try TemporaryFolder()
    let ticket = folder.path + "/ticket"
    let options = ["--session", String(sid.prefix(8)), "--no-redact", "-o", ticket]
    #expect(try Tool.run(["report", capture] + options).status == 0)
    let trace = try object(ticket + "/trace.json")
    let messages = trace["messages"] as? [[String: Any]] ?? []
    #expect(!messages.isEmpty && messages.allSatisfy { $0["sid"] as? String == sid })
    #expect((trace["sessions"] as? [Any])?.count == 1)
  }

  @Test("of what befell very many, the evidence is the connections that the finding lists")
  func manyConnections() throws {
    var packets: [RecordedPacket] = []
    for port in 0..<150 {
      var refused = Conversation(client: .at("10.0.0.2", UInt16(40_000 + port)))
      refused.wait(.milliseconds(Int64(10 * port)))
      refused.refusedSYN()
      packets += refused.recorded
    }
    let folder = try TemporaryFolder()
    let capture = try folder.write(PcapBuilder(packets.sortedByTime()).bytes, as: "refused.pcap")
    let ticket = folder.path + "/ticket"
    #expect(try Tool.run(["report", capture, "-o", ticket]).status == 0)
    let manifest = try object(ticket + "/manifest.json")
    let evidence = try #require((manifest["evidence"] as? [[String: Any]])?.first)
    #expect(evidence["packets"] as? Int == 200)
    #expect((manifest["findingsNotFoundAgain"] as? [Any])?.isEmpty == true)
    #expect(try text(ticket + "/summary.md").contains("the first 100 connections of each finding"))
  }

  @Test("standard input is read twice, through a copy")
  func standardInput() throws {
    let folder = try TemporaryFolder()
    let outcome = try Tool.run(
      ["report", "-", "-o", folder.path + "/ticket"], input: PackageRoot.captures + "/connect-refused.pcap")
    #expect(outcome.status == 0)
    #expect(try names(in: folder.path + "/ticket").contains("evidence.pcap"))
  }

  @Test("lines of an attached log stand in the timeline, without what they say of users")
  func logs() throws {
    let folder = try TemporaryFolder()
    let log = try folder.write(
      Array(
        """
        2026-11-22T22:41:33.000000Z chat server says "a secret of bob" for bob@example.com
        2026/11/22 22:41:34 [error] 29#29: upstream prematurely closed
        no time here

        """.utf8), as: "server.log")
    _ = try Tool.run(["report", "stalled-pause-12s.pcap", "--attach", log, "-o", folder.path + "/ticket"])
    let timeline = try text(folder.path + "/ticket/timeline.txt")
    #expect(timeline.contains(#"log    server.log  2026-11-22T22:41:33.000000Z chat server says "‹15 chars›""#))
    #expect(timeline.contains("2.504 s             log    server.log  2026/11/22 22:41:34 [error]"))
    #expect(!timeline.contains("bob"))
    let copy = try text(folder.path + "/ticket/attachment-1-server.log")
    #expect(copy.contains("no time here"))
    #expect(!copy.contains("secret"))
  }

  @Test("the same key gives the same marks in two reports, no key others")
  func keys() throws {
    let folder = try TemporaryFolder()
    let key = try folder.write([UInt8](repeating: 7, count: 32), as: "key")
    func target(_ options: [String]) throws -> String {
      let outcome = try Tool.run(["analyze", "stalled-pause-12s.pcap", "--format", "json", "--redact"] + options)
      let document = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
      let connections = document?["connections"] as? [[String: Any]]
      let requests = connections?.first?["requests"] as? [[String: Any]]
      return requests?.first?["target"] as? String ?? ""
    }
    let first = try target(["--redact-key", key])
    #expect(first.contains("‹query "))
    #expect(try target(["--redact-key", key]) == first)
    #expect(try target([]) != first)
  }

  @Test("with --redact-addresses no address of the capture is anywhere")
  func addresses() throws {
    let folder = try TemporaryFolder()
    let ticket = folder.path + "/ticket"
    _ = try Tool.run(["report", "stalled-pause-12s.pcap", "--redact-addresses", "-o", ticket])
    for name in try names(in: ticket) {
      let bytes = try contents(of: ticket + "/" + name)
      #expect(!contains(bytes, Array("10.77.110".utf8)), "\(name)")
      if name == "evidence.pcap" { #expect(!contains(bytes, [10, 77, 110])) }
    }
  }

  @Test("an archive for browsers has each request and each message of the client's side")
  func archive() throws {
    let outcome = try Tool.run(["analyze", "healthy-browser-both-legs.pcap", "--format", "har"])
    let document = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    let log = try #require(document?["log"] as? [String: Any])
    #expect(log["version"] as? String == "1.2")
    let entries = try #require(log["entries"] as? [[String: Any]])
    let sockets = entries.filter { $0["_resourceType"] as? String == "websocket" }
    #expect(sockets.count == 1)
    let messages = try #require(sockets.first?["_webSocketMessages"] as? [[String: Any]])
    #expect(
      messages.contains {
        $0["type"] as? String == "send" && ($0["data"] as? String)?.hasPrefix("420[\"prompt\"") == true
      })
    #expect(
      messages.contains {
        $0["type"] as? String == "receive" && ($0["data"] as? String)?.hasPrefix("42[\"token\"") == true
      })
    #expect(entries.allSatisfy { $0["startedDateTime"] is String && $0["time"] is NSNumber && $0["timings"] != nil })
  }

  private func object(_ path: String) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(try contents(of: path))) as? [String: Any] ?? [:]
  }

  private func text(_ path: String) throws -> String { String(decoding: try contents(of: path), as: UTF8.self) }
}

/// Whether bytes stand anywhere in others.
func contains(_ bytes: [UInt8], _ pattern: [UInt8]) -> Bool {
  Data(bytes).range(of: Data(pattern)) != nil
}
