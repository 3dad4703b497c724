import Foundation
import TestSupport
import Testing

/// `wstrace live`, running beside a test.
enum LiveProgram {
  /// Starts a capture, and waits until it captures: privileges are given up once the interfaces are open.
  static func start(_ options: [String]) throws -> RunningProgram {
    let live = try RunningProgram([Tool.path ?? "", "live"] + options)
    #expect(live.wait(10) { status(of: $0.id)["Uid"]?.hasPrefix("0") == false }, "\(live.errors)")
    usleep(300_000)
    return live
  }

  /// What `/proc` says of a process, by field.
  static func status(of id: Int32) -> [String: String] { fields("/proc/\(id)/status") }

  /// What `/proc` says of each thread of a process.
  static func threads(of id: Int32) -> [[String: String]] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/task")) ?? []
    return names.map { fields("/proc/\(id)/task/\($0)/status") }
  }

  private static func fields(_ path: String) -> [String: String] {
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return Dictionary(
      text.split(separator: "\n").compactMap { line in
        line.firstIndex(of: ":").map { colon in
          (String(line[..<colon]), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces))
        }
      }, uniquingKeysWith: { first, _ in first })
  }
}

/// The findings of a capture that writes ndjson, with the time at which each of their lines appeared.
final class FindingWatch {
  /// A line of a finding.
  struct Sighting {
    var seen: Date
    var finding: [String: Any]

    var id: String { finding["id"] as? String ?? "" }
    var isFelt: Bool { finding["severity"] as? String != "notice" && finding["withdrawn"] as? Bool != true }
    /// Seconds since the capture's first packet.
    var at: Double { finding["at"] as? Double ?? .nan }
    var threshold: Double { (finding["evidence"] as? [String: Any])?["threshold"] as? Double ?? .nan }
  }

  private let program: RunningProgram
  private var handle: FileHandle?
  private var rest = Data()
  private(set) var sightings: [Sighting] = []
  /// When the capture's first packet came, in seconds since 1970; there once the capture is over.
  private(set) var epoch: Double?

  init(_ program: RunningProgram) {
    self.program = program
    handle = FileHandle(forReadingAtPath: program.outputPath)
  }

  /// Waits for the first line of a finding that a person would notice.
  func wait(_ seconds: Double, for id: String, since start: Date) -> Sighting? {
    let end = Date().addingTimeInterval(seconds)
    while Date() < end {
      read()
      if let found = sightings.first(where: { $0.id == id && $0.isFelt && $0.seen >= start }) { return found }
      usleep(20_000)
    }
    return nil
  }

  /// Takes the lines that are new.
  func read() {
    rest.append((try? handle?.readToEnd()) ?? Data())
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      let line = rest[..<end]
      rest = rest[(end + 1)...]
      guard let record = try? JSONSerialization.jsonObject(with: line) as? [String: Any] else { continue }
      if record["type"] as? String == "finding" { sightings.append(Sighting(seen: Date(), finding: record)) }
      if record["type"] as? String == "capture" { epoch = record["firstPacketEpoch"] as? Double }
    }
  }
}
