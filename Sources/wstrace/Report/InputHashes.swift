import Dispatch

/// Makes the hashes of captures piece by piece: while they are read whenever a processor is idle, and then beside what else
/// is done.
///
/// One thread at a time calls it.
final class InputHashes: @unchecked Sendable {
  private var waiting: [InputCopy]
  private var current: InputCopy?
  private var hash: FileHash?
  private let queue = DispatchQueue(label: "wstrace.hashes")

  init(_ inputs: [InputCopy]) { waiting = inputs.reversed() }

  /// Takes the next piece, which is a fraction of a millisecond's work; false where nothing is left.
  func advance() -> Bool {
    if hash != nil {
      if hash?.advance() == true { return true }
      if let identity = hash?.identity { current?.identity = identity }
      hash = nil
    }
    current = waiting.popLast()
    guard let current else { return false }
    if current.isRegularFile { hash = try? FileHash(current.path) }
    return true
  }

  /// Begins with all that is left, on a thread of its own.
  func finish() { queue.async { while self.advance() {} } }

  /// Waits until all inputs have theirs.
  func wait() { queue.sync {} }
}
