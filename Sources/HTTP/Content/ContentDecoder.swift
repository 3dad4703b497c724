import Bytes

/// Undoes the content codings of one body, piece by piece.
///
/// Input that ends early is no error: what could be decoded was put out. Reaching a cap, and data that cannot be
/// decoded, end the decoder for good; what came out until then is good.
package struct ContentDecoder: ~Copyable {
  /// Innermost last, as the codings were applied: the last stage is fed first.
  private let stages: [CodingStage]
  private let limits: HTTPLimits
  private var status = Status.more
  private var encodedCount = 0
  private var decodedCount = 0
  private var scratch: [[UInt8]]

  /// What came of a piece of input.
  package enum Status: Equatable, Sendable {
    /// The piece is decoded; more may follow.
    case more
    /// The encoded data has ended; bytes behind it are ignored, but for another member of a `gzip` body.
    case end
    /// `HTTPLimits.decodedBytes` or `decodedRatio` was reached; no more will be decoded.
    case limit
    /// The data is not what its coding says; no more will be decoded.
    case malformed
  }

  /// A decoder for codings in the order they were applied; an empty list is `identity`.
  ///
  /// `nil` for more codings than `HTTPLimits.contentCodings`, or where memory fails.
  package init?(_ codings: [ContentCoding], limits: HTTPLimits = HTTPLimits()) {
    guard codings.count <= limits.contentCodings else { return nil }
    let stages = codings.compactMap(CodingStage.init)
    guard stages.count == codings.count else { return nil }
    self.stages = stages
    scratch = Array(repeating: [], count: max(0, codings.count - 1))
    self.limits = limits
  }

  /// Decodes a piece of the body and appends what comes of it.
  package mutating func decode(_ bytes: RawSpan, into output: inout [UInt8]) -> Status {
    guard status == .more || status == .end else { return status }
    encodedCount += bytes.byteCount
    let before = output.count
    status = stages.isEmpty ? copy(bytes, into: &output) : decode(bytes, stage: stages.count - 1, into: &output)
    decodedCount += output.count - before
    return status
  }

  /// The name and value of the limit at which a status of `limit` stopped.
  package var reachedLimit: (name: String, value: Int) {
    decodedCount >= limits.decodedBytes
      ? ("decoded-body", limits.decodedBytes) : ("decoded-body-ratio", limits.decodedRatio)
  }

  /// Bytes that may still come out: those to the size cap, and to the ratio cap once 1 MiB has come.
  private var allowance: Int {
    let (product, overflow) = encodedCount.multipliedReportingOverflow(by: limits.decodedRatio)
    return max(0, min(limits.decodedBytes, max(1 << 20, overflow ? .max : product)) - decodedCount)
  }

  private func copy(_ bytes: RawSpan, into output: inout [UInt8]) -> Status {
    let count = min(bytes.byteCount, max(0, limits.decodedBytes - decodedCount))
    bytes.extracting(0..<count).withUnsafeBytes { output.append(contentsOf: $0) }
    return count < bytes.byteCount ? .limit : .more
  }

  /// Feeds a stage, and with its output the next.
  ///
  /// What is between two stages is capped like the whole, so that no inner stage can swell unseen.
  private mutating func decode(_ bytes: RawSpan, stage index: Int, into output: inout [UInt8]) -> Status {
    guard index > 0 else { return Status(stages[0].decode(bytes, into: &output, allowance: allowance)) }
    var between = scratch[index - 1]
    scratch[index - 1] = []
    between.removeAll(keepingCapacity: true)
    let own = Status(stages[index].decode(bytes, into: &between, allowance: allowance))
    let inner = decode(between.span.bytes, stage: index - 1, into: &output)
    scratch[index - 1] = between
    return inner == .more ? own : inner
  }
}

extension ContentDecoder.Status {
  fileprivate init(_ status: StageStatus) {
    self =
      switch status {
      case .more: .more
      case .full: .limit
      case .end: .end
      case .malformed: .malformed
      }
  }
}
