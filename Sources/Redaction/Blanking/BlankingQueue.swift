/// Bytes of one direction that are safe to show, at their place in the stream.
package struct BlankedRun: Equatable, Sendable {
  /// Octets of the direction before it, missing ones included.
  package var offset: Int
  package var bytes: [UInt8]
}

/// Puts the bytes of one direction out in their order, although those of an open message are only known at its end.
struct BlankingQueue {
  private enum Part {
    case ready([UInt8])
    /// So many bytes will come from ``settle(_:)``.
    case owed(Int)
    case missing(Int)
  }

  private var parts: [Part] = []
  private var runs: [BlankedRun] = []
  private var offset = 0
  private(set) var owed = 0

  /// Bytes that are known.
  mutating func append(_ bytes: [UInt8]) {
    guard !bytes.isEmpty else { return }
    parts.append(.ready(bytes))
    flush()
  }

  /// Bytes that will be known later.
  mutating func owe(_ count: Int) {
    guard count > 0 else { return }
    parts.append(.owed(count))
    owed += count
  }

  /// Bytes that the capture does not have.
  mutating func skip(_ count: Int) {
    parts.append(.missing(count))
    flush()
  }

  /// Gives the bytes that were owed, all of them; what is missing of them becomes `x`.
  mutating func settle(_ bytes: [UInt8]) {
    var start = 0
    for index in parts.indices {
      guard case .owed(let count) = parts[index] else { continue }
      var piece = Array(bytes[min(start, bytes.count)..<min(start + count, bytes.count)])
      if piece.count < count { piece += repeatElement(Filler.byte, count: count - piece.count) }
      parts[index] = .ready(piece)
      start += count
    }
    owed = 0
    flush()
  }

  /// What is known and was not yet taken.
  mutating func take() -> [BlankedRun] {
    defer { runs.removeAll(keepingCapacity: true) }
    return runs
  }

  private mutating func flush() {
    guard owed == 0 else { return }
    for part in parts {
      switch part {
      case .ready(let bytes):
        runs.append(BlankedRun(offset: offset, bytes: bytes))
        offset += bytes.count
      case .owed: break
      case .missing(let count): offset += count
      }
    }
    parts.removeAll(keepingCapacity: true)
  }
}
