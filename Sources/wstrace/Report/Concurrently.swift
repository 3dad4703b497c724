import Dispatch

/// Pieces of work that have nothing to do with each other, each on a thread.
enum Concurrently {
  private final class Outcomes: @unchecked Sendable {
    // One place for each piece of work, which nobody else writes to.
    let errors: UnsafeMutableBufferPointer<(any Error)?>

    init(_ count: Int) {
      errors = .allocate(capacity: count)
      errors.initialize(repeating: nil)
    }

    deinit { errors.deinitialize().deallocate() }
  }

  /// Waits for all of them, and throws what the first one in the list threw.
  static func run(_ work: [() throws -> Void]) throws {
    nonisolated(unsafe) let work = work
    let outcomes = Outcomes(work.count)
    DispatchQueue.concurrentPerform(iterations: work.count) { index in
      do { try work[index]() } catch { outcomes.errors[index] = error }
    }
    for error in outcomes.errors { if let error { throw error } }
  }
}
