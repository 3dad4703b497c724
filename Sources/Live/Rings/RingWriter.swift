import Capture
import Glibc
import Packets

/// Saves packets to a file, or to a ring of files of which the oldest gives way.
package final class RingWriter {
  private let name: RingName
  private let policy: RingPolicy?
  private let linkType: LinkType
  private var file: GrowingFile
  private var began: Timestamp?
  private var number: Int
  /// The files before the one that grows, the oldest first.
  private var earlier: [(path: String, size: Int)]

  /// Creates the first file, so that a folder that can't be written is told before the capture begins.
  ///
  /// Files of the same ring that an earlier run left are counted among those that are kept.
  package init(
    path: String, policy: RingPolicy?, linkType: LinkType, overwriting: Bool, at now: Timestamp
  ) throws(CaptureError) {
    name = RingName(path: path)
    self.policy = policy
    self.linkType = linkType
    let existing = policy == nil ? [] : name.existing()
    earlier = existing.map { ($0.path, RingWriter.size(of: $0.path)) }
    number = (existing.last?.number ?? 0) + 1
    let first = policy == nil ? path : name.path(number: number, at: now)
    file = try GrowingFile(path: first, linkType: linkType, overwriting: overwriting)
    removeOldest()
  }

  private static func size(of path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Bytes in the file, or in the ring's files that are kept.
  package var bytes: Int { earlier.reduce(file.size) { $0 + $1.size } }

  /// Whether the oldest files give way.
  package var isRing: Bool { policy != nil }

  /// The file that grows now.
  package var current: String { file.path }

  /// Appends a packet, in another file where this one is full.
  package func append(_ packet: CapturedPacket, _ bytes: RawSpan) throws(CaptureError) {
    let time = packet.reference.time
    if isFull(with: bytes.byteCount, at: time) { try rotate(at: time) }
    if began == nil { began = time }
    try file.append(packet, bytes)
  }

  /// Writes what waits, so that a reader sees it.
  package func flush() throws(CaptureError) { try file.flush() }

  private func isFull(with length: Int, at time: Timestamp) -> Bool {
    guard let policy, let began else { return false }
    if let size = policy.size, file.size + 16 + length > size { return true }
    return policy.time.map { time - began >= $0 } ?? false
  }

  private func rotate(at time: Timestamp) throws(CaptureError) {
    try file.flush()
    number += 1
    earlier.append((file.path, file.size))
    file = try GrowingFile(path: name.path(number: number, at: time), linkType: linkType)
    began = nil
    removeOldest()
  }

  private func removeOldest() {
    guard let policy else { return }
    while earlier.count >= policy.count { unlink(earlier.removeFirst().path) }
  }
}

/// The names of a ring's files: `chat.pcap` becomes `chat-000001-20261123T130319Z.pcap`.
struct RingName {
  private let folder: String
  private let stem: String
  private let suffix: String

  init(path: String) {
    let slash = path.lastIndex(of: "/")
    let file = slash.map { String(path[path.index(after: $0)...]) } ?? path
    folder = slash.map { String(path[...$0]) } ?? ""
    let dot = file.lastIndex(of: ".").flatMap { $0 == file.startIndex ? nil : $0 }
    stem = dot.map { String(file[..<$0]) } ?? file
    suffix = dot.map { String(file[$0...]) } ?? ""
  }

  func path(number: Int, at time: Timestamp) -> String {
    let digits = String(number)
    let zeros = String(repeating: "0", count: max(0, 6 - digits.count))
    return "\(folder)\(stem)-\(zeros)\(digits)-\(RingName.stamp(time))\(suffix)"
  }

  /// `20261123T130319Z`: ISO 8601's basic form, which has no character that a file name can't.
  static func stamp(_ time: Timestamp) -> String {
    time.utcText(fractionDigits: 0).filter { $0 != "-" && $0 != ":" }
  }

  /// The files of this ring that are there, in the order of their numbers.
  func existing() -> [(number: Int, path: String)] {
    guard let listing = opendir(folder.isEmpty ? "." : folder) else { return [] }
    defer { closedir(listing) }
    var files: [(number: Int, path: String)] = []
    while let entry = readdir(listing) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if let number = number(in: name) { files.append((number, folder + name)) }
    }
    return files.sorted { $0.number < $1.number }
  }

  /// The number in a file's name; `nil` where the name is not one of this ring.
  func number(in name: String) -> Int? {
    guard name.hasPrefix(stem + "-"), name.hasSuffix(suffix) else { return nil }
    let parts = name.dropFirst(stem.count + 1).dropLast(suffix.count).split(separator: "-")
    guard parts.count == 2, parts[0].count >= 6, parts[1].count == 16, parts[1].hasSuffix("Z"),
      parts[0].utf8.allSatisfy({ 0x30...0x39 ~= $0 })
    else { return nil }
    return Int(parts[0])
  }
}
