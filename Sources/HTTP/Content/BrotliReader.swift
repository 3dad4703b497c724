import CBrotli

/// The Brotli decoder (RFC 7932) for `br` bodies; owns its state.
final class BrotliReader {
  private let state: OpaquePointer
  private var hasEnded = false

  init?() {
    guard let state = BrotliDecoderCreateInstance(nil, nil, nil) else { return nil }
    self.state = state
  }

  deinit { BrotliDecoderDestroyInstance(state) }

  func decode(_ bytes: RawSpan, into output: inout [UInt8], allowance: Int) -> StageStatus {
    guard !hasEnded else { return .end }
    return bytes.withUnsafeBytes { input in
      withUnsafeTemporaryAllocation(byteCount: outputPieceSize, alignment: 16) { piece in
        decode(input, through: piece, into: &output, allowance)
      }
    }
  }

  private func decode(
    _ input: UnsafeRawBufferPointer, through piece: UnsafeMutableRawBufferPointer, into output: inout [UInt8],
    _ allowance: Int
  ) -> StageStatus {
    var availableIn = input.count
    var nextIn = input.bindMemory(to: UInt8.self).baseAddress
    var left = allowance
    while true {
      guard left > 0 else { return availableIn == 0 ? .more : .full }
      let room = min(left, piece.count)
      var availableOut = room
      var nextOut = piece.bindMemory(to: UInt8.self).baseAddress
      let result = BrotliDecoderDecompressStream(state, &availableIn, &nextIn, &availableOut, &nextOut, nil)
      let made = room - availableOut
      output.append(contentsOf: piece[..<made])
      left -= made
      switch result {
      case BROTLI_DECODER_RESULT_SUCCESS:
        hasEnded = true
        return .end
      case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT: continue
      case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT: return .more
      default: return .malformed
      }
    }
  }
}
