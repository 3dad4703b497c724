import Crypto

/// A message as its sender put it on the wire.
struct SentMessage: Sendable {
  var isText: Bool
  var length: Int
  var digest: SHA256Digest

  init(isText: Bool, _ payload: [UInt8]) {
    self.isText = isText
    length = payload.count
    digest = SHA256.hash(data: payload)
  }
}

/// A frame and its place in its direction's bytes, counted from the one after the SYN.
struct SentFrame: Sendable {
  /// Which message it belongs to; `nil` for a control frame.
  var message: Int?
  /// Whether its message begins with it.
  var isFirst: Bool
  var header: Range<Int>
  var payload: Range<Int>

  var range: Range<Int> { header.lowerBound..<payload.upperBound }
}
