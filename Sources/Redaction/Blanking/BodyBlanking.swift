import HTTP

/// A body that is being blanked: what it is, and its bytes as far as they came.
struct BodyBlanking {
  /// Bytes of one body that are looked at as a whole; beyond it everything is filled.
  static let longest = 4 << 20

  /// What is known of a body when it begins.
  struct Kind {
    /// The long-polling payload that it is, and whether of Engine.IO 4.
    var isVersion4: Bool?
    var isFromClient: Bool
    /// A refusal's status.
    var status: Int?
    /// The codings, in the order in which they were applied; `nil` for one that is not known.
    var codings: [ContentCoding]? = []
  }

  let kind: Kind
  var bytes: [UInt8] = []

  init(_ kind: Kind) { self.kind = kind }

  /// The bytes that stand for it, as many as it has.
  func blanked(_ marker: Marker) -> [UInt8] {
    guard let codings = kind.codings, codings.isEmpty else {
      guard let outermost = kind.codings?.last else { return [UInt8](repeating: 0, count: bytes.count) }
      return CodedFiller.body(bytes.count, outermost)
    }
    var blanked = bytes
    if let status = kind.status, status >= 400 {
      refusal(&blanked, marker)
    } else if let isVersion4 = kind.isVersion4 {
      PayloadBlanking(marker: marker, isFromClient: kind.isFromClient, isVersion4: isVersion4).blank(&blanked)
    } else {
      Filler.fill(&blanked, blanked.indices)
    }
    return blanked
  }

  /// What Engine.IO or a proxy says to everybody stays; of anything else the brackets.
  private func refusal(_ bytes: inout [UInt8], _ marker: Marker) {
    let text = String(decoding: bytes, as: UTF8.self)
    if AnswerBody.known(text) == text { return }
    let kept = "\"Invalid session"
    if text.hasPrefix(kept) {
      Filler.fill(&bytes, min(kept.utf8.count, bytes.count)..<bytes.count)
    } else {
      PacketBlanking(marker: marker).plain(&bytes)
    }
  }
}
