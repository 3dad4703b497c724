/// Blanks the text of messages in place: every length, type, name and bracket stays.
struct PacketBlanking {
  let marker: Marker

  /// Blanks a message of an application that is not Engine.IO.
  func plain(_ bytes: inout [UInt8]) {
    if bytes.first == UInt8(ascii: "{") || bytes.first == UInt8(ascii: "[") {
      json(&bytes, bytes.indices, .data)
    } else {
      Filler.fill(&bytes, bytes.indices)
    }
  }

  /// Blanks an Engine.IO packet.
  func packet(_ bytes: inout [UInt8], _ range: Range<Int>, isFromClient: Bool) {
    let parts = PacketText(bytes, in: range, isFromClient: isFromClient)
    guard parts.isKnown else { return Filler.fill(&bytes, range) }
    Filler.fill(&bytes, parts.query)
    json(&bytes, parts.body, parts.content)
  }

  /// Blanks a binary payload; Engine.IO 3 says the packet's type in its first byte.
  func binary(_ bytes: inout [UInt8], _ range: Range<Int>) {
    let keepsFirst = range.first.map { bytes[$0] <= 6 } ?? false
    for index in range.dropFirst(keepsFirst ? 1 : 0) { bytes[index] = 0 }
  }

  /// Blanks the strings and numbers of JSON.
  func json(_ bytes: inout [UInt8], _ range: Range<Int>, _ content: Shape.Content) {
    var tokens = JSONTokens(in: range)
    while let token = tokens.next(bytes.span.bytes) {
      switch token.kind {
      case .punctuation, .literal, .space: break
      case .other: Filler.fill(&bytes, token.range)
      case .number: number(&bytes, token, content)
      case .key:
        let inner = Shape.inside(token.range, bytes.span.bytes)
        if !Words.isName(bytes[inner].span.bytes) { Filler.fill(&bytes, inner) }
      case .text: text(&bytes, token, content)
      }
    }
  }

  private func number(_ bytes: inout [UInt8], _ token: JSONTokens.Token, _ content: Shape.Content) {
    if content == .handshake || (token.isPlaceholder && token.range.count < 4) { return }
    for index in token.range where UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[index] {
      bytes[index] = UInt8(ascii: "1")
    }
  }

  private func text(_ bytes: inout [UInt8], _ token: JSONTokens.Token, _ content: Shape.Content) {
    let inner = Shape.inside(token.range, bytes.span.bytes)
    if Shape.keeps(token, inner, bytes.span.bytes, content) { return }
    if content == .handshake, Shape.isSession(token, inner, bytes.span.bytes) {
      bytes.replaceSubrange(inner, with: marker.disguise(Array(bytes[inner])))
    } else {
      Filler.fill(&bytes, inner)
    }
  }
}
