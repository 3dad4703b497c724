import Foundation
import Packets
import TestSupport
import Testing

/// Bad input is told in one line that names the file, and the exit status says whether all could be read.
@Suite(.enabled(if: Tool.isBuilt, "wstrace is not built: swift build -c release"))
struct InputTests {
  private let folder: TemporaryFolder
  private let good = PackageRoot.captures + "/rst-after-upgrade.pcap"

  init() throws { folder = try TemporaryFolder() }

  private func expectOneLine(
    _ outcome: Tool.Outcome, naming name: String, saying words: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(outcome.errorLines.count == 1, "\(outcome.errors)", sourceLocation: sourceLocation)
    #expect(outcome.errors.hasPrefix("wstrace: "), sourceLocation: sourceLocation)
    #expect(outcome.errors.contains(name), sourceLocation: sourceLocation)
    #expect(outcome.errors.contains(words), "\(outcome.errors)", sourceLocation: sourceLocation)
  }

  @Test("a file that is not there")
  func missing() throws {
    let outcome = try Tool.run(["analyze", folder.path + "/absent.pcap"])
    #expect(outcome.status == 2)
    #expect(outcome.output.isEmpty)
    expectOneLine(outcome, naming: "absent.pcap", saying: "no such file")
  }

  @Test("a folder")
  func directory() throws {
    let outcome = try Tool.run(["analyze", folder.path])
    #expect(outcome.status == 2)
    expectOneLine(outcome, naming: folder.path, saying: "is a directory")
  }

  @Test("a file that may not be read", .enabled(if: geteuid() != 0, "root may read everything"))
  func forbidden() throws {
    let path = try folder.write([1], as: "secret.pcap")
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
    let outcome = try Tool.run(["analyze", path])
    #expect(outcome.status == 2)
    expectOneLine(outcome, naming: "secret.pcap", saying: "ermission")
  }

  @Test("an empty file")
  func empty() throws {
    let outcome = try Tool.run(["analyze", try folder.write([], as: "empty.pcap")])
    #expect(outcome.status == 2)
    expectOneLine(outcome, naming: "empty.pcap", saying: "empty file")
  }

  @Test("a file that is no capture", arguments: ["hello, this is a text and no capture", "{\"json\": true}"])
  func noCapture(text: String) throws {
    let outcome = try Tool.run(["analyze", try folder.write(Array(text.utf8), as: "notes.pcap")])
    #expect(outcome.status == 2)
    expectOneLine(outcome, naming: "notes.pcap", saying: "not a capture file")
  }

  @Test("a name with control characters does not reach the terminal as it is")
  func hostileName() throws {
    let outcome = try Tool.run(["analyze", folder.path + "/\u{1b}[31mred\u{7}.pcap"])
    #expect(outcome.status == 2)
    #expect(!outcome.errors.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    #expect(outcome.errorLines.count == 1)
  }

  @Test("a file that ends in a record is analysed up to there")
  func cutOff() throws {
    let bytes = try contents(of: good)
    let path = try folder.write(Array(bytes.prefix(bytes.count / 2)), as: "cut.pcap")
    let outcome = try Tool.run(["analyze", path])
    #expect(outcome.status == 0)
    expectOneLine(outcome, naming: "cut.pcap", saying: "cut off in record")
    #expect(outcome.output.contains("capture"))
  }

  @Test("a file that ends in its header")
  func cutInHeader() throws {
    let outcome = try Tool.run(["analyze", try folder.write(Array(try contents(of: good).prefix(10)), as: "head.pcap")])
    #expect(outcome.status == 2)
    expectOneLine(outcome, naming: "head.pcap", saying: "cut off")
  }

  @Test("a link type that is not supported is said in the report")
  func linkType() throws {
    var file = PcapBuilder(try chat())
    file.linkType = 240
    let outcome = try Tool.run(["analyze", try folder.write(file.bytes, as: "odd.pcap")])
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("link type"))
    #expect(outcome.output.contains("not supported"))
    #expect(!outcome.output.contains("✔"))
  }

  @Test("a capture without packets, and one with nothing on the port, are no failure and no all-clear")
  func nothing() throws {
    let none = try Tool.run(["analyze", try folder.write(PcapBuilder().bytes, as: "none.pcap")])
    let elsewhere = try Tool.run(["analyze", "--port", "9999", good])
    for outcome in [none, elsewhere] {
      #expect(outcome.status == 0)
      #expect(outcome.errors.isEmpty)
      #expect(outcome.output.contains("nothing to judge") || outcome.output.contains("no-websocket-traffic"))
      #expect(!outcome.output.contains("✔"))
    }
    #expect(elsewhere.output.contains("--port 8080"))
  }

  @Test("a compressed capture and standard input say the same as the file")
  func sameReport() throws {
    let plain = try report([good])
    let gz = folder.path + "/copy.pcap.gz"
    try compress(good, to: gz)
    #expect(try report([gz]) == plain)
    #expect(try report(["-"], input: good) == plain)
    #expect(try report(["-"], input: gz) == plain)
    #expect(try report([], input: good) == plain)
    #expect(try report(["--reader", "libpcap", good]) == plain)
  }

  /// A report's connections, sessions, streams and findings.
  private func report(_ arguments: [String], input: String = "/dev/null") throws -> [String] {
    let document = try Tool.document(arguments, input: input)
    return try ["connections", "sessions", "streams", "findings"].map { name in
      let value = try #require(document[name])
      return String(decoding: try JSONSerialization.data(withJSONObject: value, options: .sortedKeys), as: UTF8.self)
    }
  }

  private func compress(_ path: String, to target: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "gzip -c \"$1\" > \"$2\"", "sh", path, target]
    try process.run()
    process.waitUntilExit()
  }

  @Test("several captures are read together; one that can't be read does not stop the others")
  func several() throws {
    let document = try Tool.document(["rst-after-upgrade.pcap", "connect-refused.pcap"])
    let findings = (document["findings"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
    #expect(Set(findings).isSuperset(of: ["missing-101", "connect-refused"]))
    #expect((document["captures"] as? [Any])?.count == 2)
    let outcome = try Tool.run(["analyze", good, folder.path + "/absent.pcap"])
    #expect(outcome.status == 2)
    expectOneLine(outcome, naming: "absent.pcap", saying: "no such file")
    #expect(outcome.output.contains("missing-101"))
  }

  @Test("both halves of a capture together say what the whole says")
  func halves() throws {
    let packets = try chat()
    let middle = packets.count / 2
    let whole = try folder.write(PcapBuilder(packets).bytes, as: "whole.pcap")
    let first = try folder.write(PcapBuilder(packets[..<middle]).bytes, as: "first.pcap")
    let second = try folder.write(PcapBuilder(packets[middle...]).bytes, as: "second.pcap")
    let sessions = { (files: [String]) in
      try JSONSerialization.data(
        withJSONObject: (try Tool.document(files)["sessions"] as? [[String: Any]] ?? []).map { $0["events"] ?? "" },
        options: .sortedKeys)
    }
    #expect(try sessions([first, second]) == sessions([whole]))
    #expect(try sessions([second, first]) == sessions([whole]))
  }

  @Test("an existing output is kept unless --force, and an input is never written over")
  func output() throws {
    let path = try folder.write([42], as: "report.txt")
    let kept = try Tool.run(["analyze", "-o", path, good])
    #expect(kept.status == 2)
    expectOneLine(kept, naming: "report.txt", saying: "--force")
    #expect(try contents(of: path) == [42])
    let replaced = try Tool.run(["analyze", "-o", path, "--force", good])
    #expect(replaced.status == 0)
    #expect(try contents(of: path).count > 100)
    let copy = try folder.write(try contents(of: good), as: "copy.pcap")
    let refused = try Tool.run(["analyze", "-o", copy, "--force", copy])
    #expect(refused.status == 2)
    expectOneLine(refused, naming: "copy.pcap", saying: "is an input")
    #expect(try contents(of: copy) == contents(of: good))
  }

  @Test("an output that can't be made is told before anything is read")
  func unwritable() throws {
    let outcome = try Tool.run(["analyze", "-o", folder.path + "/no/such/report.txt", good])
    #expect(outcome.status == 2)
    expectOneLine(outcome, naming: "report.txt", saying: "o such file")
  }

  @Test(
    "wrong arguments exit with 2",
    arguments: [["analyze", "--port", "0", "x"], ["nonsense"], ["explain", "nonsense"]])
  func usage(arguments: [String]) throws {
    let outcome = try Tool.run(arguments)
    #expect(outcome.status == 2)
    #expect(outcome.output.isEmpty)
    #expect(!outcome.errors.isEmpty)
  }

  @Test(
    "--fail-on makes findings an exit status",
    arguments: [("error", 1), ("warning", 1), ("never", 0)] as [(String, Int32)])
  func failOn(severity: String, status: Int32) throws {
    #expect(try Tool.run(["analyze", "--fail-on", severity, good]).status == status)
    #expect(try Tool.run(["analyze", "--fail-on", severity, "healthy-eio3.pcap"]).status == 0)
  }

  @Test("each form of output has the hashes of messages", arguments: ["json", "ndjson"])
  func hashes(format: String) throws {
    let output = try Tool.run(["analyze", "--timeline", "--hash", "--format", format, good]).output
    let messages = output.components(separatedBy: "\"opcode\":").count - 1
    #expect(messages > 0)
    #expect(output.components(separatedBy: "\"payloadSHA256\":").count - 1 == messages)
  }

  @Test("random changes of a capture's bytes never crash the command", arguments: UInt64(0)..<10)
  func mutations(seed: UInt64) throws {
    var state = seed &+ 1
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    var bytes = try contents(of: PackageRoot.captures + "/" + Tool.captures[random(Tool.captures.count)])
    for _ in 0..<200 { bytes[24 + random(bytes.count - 24)] ^= UInt8(1 << random(8)) }
    let path = try folder.write(bytes, as: "mutated.pcap")
    for format in ["text", "json", "ndjson"] {
      let outcome = try Tool.run(["analyze", "--timeline", "--format", format, path])
      #expect([0, 2].contains(outcome.status), "seed \(seed): \(outcome.errors)")
      let controls = outcome.output.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x7f }
      #expect(!controls, "seed \(seed)")
    }
  }

  private func chat() throws -> [RecordedPacket] {
    var chat = Conversation()
    chat.handshake()
    chat.upgrade()
    chat.open(sid: "abc")
    for _ in 0..<2 {
      chat.event(.clientToServer, "prompt")
      chat.stream(count: 20)
      chat.event(.serverToClient, "done")
    }
    chat.close(code: 1000)
    return chat.recorded
  }
}
