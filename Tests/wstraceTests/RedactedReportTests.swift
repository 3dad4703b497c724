import Foundation
import TestSupport
import Testing

/// Searches every output of a redacted report for each text and each secret of the recording.
@Suite(.enabled(if: Tool.isBuilt, "wstrace is not built: swift build -c release"))
struct RedactedReportTests {
  private static let recordings =
    Tool.captures.map { PackageRoot.captures + "/" + $0 }
    + SharedCaptures.names.compactMap { SharedCaptures.path(of: $0) }

  /// Words of the recordings' texts that this program's own sentences use too.
  private static let common: Set<String> = [
    "browser ", "answer ", "explain ", "buffering ", "websocket", "polling", "because", "because ", " because",
  ]

  @Test("no text and no secret of a recording is in any output", arguments: recordings)
  func search(path: String) throws {
    let folder = try TemporaryFolder()
    let ticket = folder.path + "/ticket"
    let outcome = try Tool.run(["report", path, "-o", ticket])
    #expect(outcome.status == 0)
    let texts = try texts(of: path)
    var outputs: [String: [UInt8]] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: ticket) {
      outputs[name] = try contents(of: ticket + "/" + name)
      guard name.hasSuffix(".pcap") else { continue }
      // Unmasked, inflated, and with the bodies of polling decompressed.
      let decoded = try Tool.run(["analyze", "--format", "ndjson", "--payload-limit", "all", ticket + "/" + name])
      outputs[name + " decoded"] = Array(decoded.output.utf8)
    }
    for (name, bytes) in outputs {
      let data = Data(bytes)
      for text in texts where data.range(of: Data(text.utf8)) != nil {
        Issue.record("\(name) of \(path) has \(text.prefix(40))")
      }
    }
  }

  /// The strings in messages, but for event names, and the sessions' names.
  private func texts(of path: String) throws -> Set<String> {
    let document = try Tool.document(["--timeline", path])
    var texts: Set<String> = []
    for message in document["messages"] as? [[String: Any]] ?? [] {
      guard let payload = message["payload"] as? String, let start = payload.firstIndex(where: { "[{".contains($0) }),
        (message["engineIO"] as? [String: Any])?["type"] as? String != "open",
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
      text.count >= 7 && !RedactedReportTests.common.contains(text) && !text.allSatisfy { $0 == "x" || $0 == "A" }
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
