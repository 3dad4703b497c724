/// What undoing one content coding came to.
enum StageStatus: Equatable, Sendable {
  /// The input is used up.
  case more
  /// The output has reached its allowance and input is left.
  case full
  /// The compressed data has ended.
  case end
  case malformed
}

/// One coding being undone.
enum CodingStage {
  case inflate(Inflater)
  case brotli(BrotliReader)

  init?(_ coding: ContentCoding) {
    switch coding {
    case .gzip, .deflate:
      guard let inflater = Inflater(coding) else { return nil }
      self = .inflate(inflater)
    case .brotli:
      guard let reader = BrotliReader() else { return nil }
      self = .brotli(reader)
    }
  }

  /// Decodes all of the bytes, or as many as give `allowance` bytes of output.
  func decode(_ bytes: RawSpan, into output: inout [UInt8], allowance: Int) -> StageStatus {
    switch self {
    case .inflate(let inflater): inflater.decode(bytes, into: &output, allowance: allowance)
    case .brotli(let reader): reader.decode(bytes, into: &output, allowance: allowance)
    }
  }
}

/// Bytes of output that a decoder makes at a time, on the stack.
let outputPieceSize = 16 << 10
