import Packets

/// `manifest.json`: what a ticket's folder holds, from what it was made, and how it differs from it.
package struct Manifest: Sendable {
  package var version: String
  package var commandLine: [String]
  package var captures: [CaptureIdentity] = []
  package var files: [FileIdentity] = []
  package var evidence: [EvidenceFile] = []
  /// Findings of the captures that an analysis of the evidence files does not give again.
  package var notFoundAgain: [LostFinding] = []
  /// Packets of flagged connections that are in no evidence file, and why.
  package var leftOut: [(reason: String, count: Int)] = []
  package var removed: [(kind: String, count: Int)]?
  package var scope: [String] = []

  package init(version: String, commandLine: [String]) {
    self.version = version
    self.commandLine = commandLine
  }

  /// An input: enough to say whether another file is the same.
  package struct CaptureIdentity: Sendable {
    package var path: String
    package var bytes: Int?
    package var sha256: String?
    package var packets: Int
    package var firstPacket: String?

    package init(path: String, bytes: Int?, sha256: String?, packets: Int, firstPacket: String?) {
      self.path = path
      self.bytes = bytes
      self.sha256 = sha256
      self.packets = packets
      self.firstPacket = firstPacket
    }
  }

  /// A file of the folder.
  package struct FileIdentity: Sendable {
    package var name: String
    package var bytes: Int
    package var sha256: String

    package init(name: String, bytes: Int, sha256: String) {
      self.name = name
      self.bytes = bytes
      self.sha256 = sha256
    }
  }

  /// An evidence file, and where its packets come from.
  package struct EvidenceFile: Sendable {
    package var name: String
    package var capture: Int
    package var linkType: String
    package var runs: [Run]

    /// Packets that follow one another in both files.
    package struct Run: Sendable, Equatable {
      package var evidence: Int
      package var original: Int
      package var count: Int

      package init(evidence: Int, original: Int, count: Int) {
        self.evidence = evidence
        self.original = original
        self.count = count
      }
    }

    package init(name: String, capture: Int, linkType: String, runs: [Run] = []) {
      self.name = name
      self.capture = capture
      self.linkType = linkType
      self.runs = runs
    }

    /// Takes note of the next packet's number in its capture.
    package mutating func append(original: Int) {
      if let last = runs.last, last.original + last.count == original {
        runs[runs.count - 1].count += 1
      } else {
        let next = runs.last.map { $0.evidence + $0.count } ?? 1
        runs.append(Run(evidence: next, original: original, count: 1))
      }
    }
  }

  /// A finding that blanking the payload took away.
  package struct LostFinding: Sendable, Equatable {
    package var number: Int
    package var id: String
    package var reason: String

    package init(number: Int, id: String, reason: String) {
      self.number = number
      self.id = id
      self.reason = reason
    }
  }
}

extension Manifest {
  /// The file's bytes.
  package func bytes() -> [UInt8] {
    var json = JSONWriter()
    json.beginObject()
    json.field("schema", "wstrace-manifest/1")
    json.field("program", "wstrace \(version)")
    json.field("commandLine", commandLine)
    json.key("captures")
    json.beginArray()
    for capture in captures { write(capture, &json) }
    json.endArray()
    json.field("scope", scope)
    json.key("files")
    json.beginArray()
    for file in files {
      json.beginObject()
      json.field("name", file.name)
      json.field("bytes", file.bytes)
      json.field("sha256", file.sha256)
      json.endObject()
    }
    json.endArray()
    json.key("evidence")
    json.beginArray()
    for file in evidence { write(file, &json) }
    json.endArray()
    writeLosses(&json)
    json.endObject()
    json.newline()
    return json.take()
  }

  private func write(_ capture: CaptureIdentity, _ json: inout JSONWriter) {
    json.beginObject()
    json.field("path", capture.path)
    json.field("bytes", capture.bytes)
    json.field("sha256", capture.sha256)
    json.field("packets", capture.packets)
    json.field("firstPacket", capture.firstPacket)
    json.endObject()
  }

  private func write(_ file: EvidenceFile, _ json: inout JSONWriter) {
    json.beginObject()
    json.field("name", file.name)
    json.field("capture", file.capture)
    json.field("linkType", file.linkType)
    json.field("packets", file.runs.reduce(0) { $0 &+ $1.count })
    json.key("numbers")
    json.beginArray()
    for run in file.runs {
      json.beginObject()
      json.field("evidence", run.evidence)
      json.field("original", run.original)
      json.field("count", run.count)
      json.endObject()
    }
    json.endArray()
    json.endObject()
  }

  private func writeLosses(_ json: inout JSONWriter) {
    json.key("findingsNotFoundAgain")
    json.beginArray()
    for finding in notFoundAgain {
      json.beginObject()
      json.field("number", finding.number)
      json.field("id", finding.id)
      json.field("reason", finding.reason)
      json.endObject()
    }
    json.endArray()
    json.key("packetsLeftOut")
    writeCounts(leftOut.map { ($0.reason, $0.count) }, "reason", &json)
    json.key("removed")
    if let removed { writeCounts(removed.map { ($0.kind, $0.count) }, "kind", &json) } else { json.null() }
  }

  private func writeCounts(_ counts: [(String, Int)], _ name: StaticString, _ json: inout JSONWriter) {
    json.beginArray()
    for (text, count) in counts {
      json.beginObject()
      json.field(name, text)
      json.field("count", count)
      json.endObject()
    }
    json.endArray()
  }
}
