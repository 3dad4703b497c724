import Foundation
import TestSupport
import Testing

/// Searches every output of a redacted report for each text and each secret of the recording.
@Suite(.enabled(if: Tool.isBuilt, "wstrace is not built: swift build -c release"))
struct RedactedReportTests {
  private static let recordings =
    Tool.captures.map { PackageRoot.captures + "/" + $0 }
    + SharedCaptures.names.filter { !Tool.captures.contains($0) }.compactMap { SharedCaptures.path(of: $0) }

  /// Words of the recordings' texts that this program's own sentences use too.
  private static let common: Set<String> = [
    "browser ", "answer ", "explain ", "buffering ", "websocket", "polling", "because", "because ", " because",
  ]

  @Test("no text and no secret of a recording is in any output, and its evidence is sound", arguments: recordings)
  func search(path: String) throws {
    let folder = try TemporaryFolder()
    let ticket = folder.path + "/ticket"
    let outcome = try Tool.run(["report", path, "-o", ticket])
    #expect(outcome.status == 0)
    let texts = try texts(of: path).union(secrets(of: path))
    var outputs: [String: [UInt8]] = [:]
    var evidence: [String] = []
    for name in try FileManager.default.contentsOfDirectory(atPath: ticket) {
      outputs[name] = try contents(of: ticket + "/" + name)
      guard name.hasSuffix(".pcap") else { continue }
      evidence.append(ticket + "/" + name)
      // Unmasked, inflated, and with the bodies of polling decompressed; the same by somebody else's decoders.
      let decoded = try Tool.run(["analyze", "--format", "ndjson", "--payload-limit", "all", ticket + "/" + name])
      outputs[name + " decoded"] = Array(decoded.output.utf8)
      if let dissected = try dissected(ticket + "/" + name) {
        outputs[name + " by tshark"] = Array(dissected.utf8)
        try expectNoComplaint(in: dissected, of: name, original: path)
      }
    }
    for (name, bytes) in outputs {
      let data = Data(bytes)
      for text in texts where data.range(of: Data(text.utf8)) != nil {
        Issue.record("\(name) of \(path) has \(text.prefix(40))")
      }
    }
    try expectFindings(of: path, in: evidence.sorted(), ticket)
  }

  private func dissected(_ path: String) throws -> String? {
    try Tshark.lines(["-V", "-r", path, "-o", "tcp.check_checksum:TRUE", "-d", "tcp.port==8080,http"])?
      .joined(separator: "\n")
  }

  /// What tshark calls malformed or wrong in evidence must have been so before.
  private func expectNoComplaint(in dissected: String, of name: String, original: String) throws {
    for complaint in ["[Malformed Packet", "[incorrect, should be"] {
      let count = dissected.components(separatedBy: complaint).count
      guard count > 1 else { continue }
      let before = try self.dissected(original)?.components(separatedBy: complaint).count ?? 1
      #expect(count <= before, "\(name) of \(original): \(complaint)")
    }
  }

  /// The evidence shows the findings of the capture, apart from those that the manifest lists, and no others.
  private func expectFindings(of path: String, in evidence: [String], _ ticket: String) throws {
    let manifest = try JSONSerialization.jsonObject(with: Data(try contents(of: ticket + "/manifest.json")))
    let listed = (manifest as? [String: Any])?["findingsNotFoundAgain"] as? [[String: Any]] ?? []
    let before = try findings(["--all", path])
    let after = evidence.isEmpty ? [] : try findings(["--all"] + evidence)
    let missing = listed.compactMap { $0["id"] as? String }
    // One of another severity is listed, and found all the same.
    #expect(RedactedReportTests.rest(of: before, without: after + missing) == [], "\(path): not listed")
    #expect(RedactedReportTests.rest(of: after, without: before) == [], "\(path): only in the evidence")
  }

  private static func rest(of ids: [String], without others: [String]) -> [String] {
    var others = others
    return ids.filter { id in
      guard let index = others.firstIndex(of: id) else { return true }
      others.remove(at: index)
      return false
    }
  }

  private func findings(_ arguments: [String]) throws -> [String] {
    (try Tool.document(arguments)["findings"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
  }

  /// Values of headers that open doors, as they stand in the file.
  private func secrets(of path: String) throws -> Set<String> {
    let text = String(decoding: try contents(of: path), as: UTF8.self)
    var secrets: Set<String> = []
    for line in text.split(separator: "\r\n") {
      guard let colon = line.firstIndex(of: ":"), line.count < 4096 else { continue }
      let value = line[line.index(after: colon)...]
      switch line[..<colon].lowercased() {
      case "cookie", "set-cookie":
        for pair in value.split(separator: ";").prefix(line.lowercased().hasPrefix("set") ? 1 : .max) {
          if let equals = pair.firstIndex(of: "=") { secrets.insert(String(pair[pair.index(after: equals)...])) }
        }
      case "authorization": secrets.insert(String(value.split(separator: " ").last ?? ""))
      default: break
      }
    }
    return secrets.filter { $0.count >= 6 }
  }

  /// The strings in messages, but for event names, and the sessions' names.
  private func texts(of path: String) throws -> Set<String> {
    let document = try Tool.document(["--timeline", "--payload-limit", "all", path])
    var texts: Set<String> = []
    for message in document["messages"] as? [[String: Any]] ?? [] {
      guard let payload = message["payload"] as? String else { continue }
      let type = (message["engineIO"] as? [String: Any])?["type"] as? String
      if type == nil { texts.insert(String(payload.prefix(200))) }
      guard type != "open", let start = payload.firstIndex(where: { "[{".contains($0) }),
        let value = try? JSONSerialization.jsonObject(with: Data(payload[start...].utf8))
      else { continue }
      let socket = message["socketIO"] as? [String: Any]
      // Why a server refused is the fault itself, and no message of a person.
      if socket?["type"] as? String == "CONNECT_ERROR" { continue }
      collect(value, into: &texts, isEvent: (socket?["type"] as? String)?.hasSuffix("EVENT") == true)
    }
    for session in document["sessions"] as? [[String: Any]] ?? [] {
      if let sid = session["sid"] as? String { texts.insert(sid) }
    }
    return texts.filter { text in
      text.count >= 7 && !RedactedReportTests.common.contains(text) && !text.allSatisfy { "xA…1×0".contains($0) }
    }
  }

  private func collect(_ value: Any, into texts: inout Set<String>, isEvent: Bool = false) {
    switch value {
    case let text as String: texts.insert(text)
    case let list as [Any]: for element in list.dropFirst(isEvent ? 1 : 0) { collect(element, into: &texts) }
    case let object as [String: Any]: for element in object.values { collect(element, into: &texts) }
    default: break
    }
  }
}
