import Packets
import Redaction

/// The blanked bytes of both directions of flagged connections, in a temporary file, found by their place in the stream.
final class BlankedStreams {
  /// One direction of a connection.
  struct Key: Hashable {
    var connection: Int
    var direction: Direction
  }

  private struct Stream {
    /// The sequence number of the octet that has a place in the stream.
    var anchor: (sequence: SequenceNumber, offset: Int)?
    var runs: [(offset: Int, count: Int, position: Int)] = []
  }

  private let file: TemporaryFile
  private var streams: [Key: Stream] = [:]
  private var position = 0
  private var buffer: [UInt8] = []
  private var written = 0

  init() throws(TemporaryFileError) { file = try TemporaryFile() }

  /// Says which octet of the stream a sequence number is.
  func anchor(_ key: Key, sequence: SequenceNumber, offset: Int) {
    if streams[key]?.anchor == nil { streams[key, default: Stream()].anchor = (sequence, offset) }
  }

  func append(_ runs: [BlankedRun], to key: Key) throws(TemporaryFileError) {
    for run in runs {
      var stream = streams.removeValue(forKey: key) ?? Stream()
      if let last = stream.runs.last, last.offset + last.count == run.offset, last.position + last.count == position {
        stream.runs[stream.runs.count - 1].count += run.bytes.count
      } else {
        stream.runs.append((run.offset, run.bytes.count, position))
      }
      streams[key] = stream
      buffer += run.bytes
      position += run.bytes.count
      if buffer.count > 1 << 20 { try flush() }
    }
  }

  /// Writes out what is in memory; call it before reading.
  func flush() throws(TemporaryFileError) {
    try file.write(buffer, at: written)
    written += buffer.count
    buffer.removeAll(keepingCapacity: true)
  }

  /// The blanked bytes of a segment's payload; what is not known of it is filler.
  func bytes(_ key: Key, sequence: SequenceNumber, count: Int) throws(TemporaryFileError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    guard let stream = streams[key], let anchor = stream.anchor else { return bytes }
    let start = anchor.offset + anchor.sequence.distance(to: sequence)
    var index = BlankedStreams.first(in: stream.runs, endingAfter: start)
    while index < stream.runs.count, stream.runs[index].offset < start + count {
      let run = stream.runs[index]
      let from = max(start, run.offset)
      let to = min(start + count, run.offset + run.count)
      let piece = try file.read(to - from, at: run.position + from - run.offset)
      for offset in piece.indices { bytes[from - start + offset] = piece[offset] }
      index += 1
    }
    return bytes
  }

  private static func first(in runs: [(offset: Int, count: Int, position: Int)], endingAfter start: Int) -> Int {
    var (low, high) = (0, runs.count)
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].offset + runs[middle].count <= start { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
