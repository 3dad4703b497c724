import WebSocket

/// What is compressed, after the suite's five documents: JSON, a picture, prose, a page, and what does not deflate.
enum Content: CaseIterable {
  case json, picture, prose, page, noise

  /// So many bytes of it, from an offset on.
  func payload(_ length: Int, from start: Int = 0) -> [UInt8] {
    let sample = Content.samples[self] ?? []
    return [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      for index in 0..<length { buffer[index] = sample[(start + index) % sample.count] }
      count = length
    }
  }

  var opcode: Opcode {
    switch self {
    case .json, .prose, .page: .text
    case .picture, .noise: .binary
    }
  }

  private static let samples = Dictionary(uniqueKeysWithValues: allCases.map { ($0, $0.sample()) })

  private func sample() -> [UInt8] {
    switch self {
    case .json:
      (0..<9).flatMap { Array("42[\"token\",{\"id\":\($0),\"text\":\"lorem ipsum \($0 * 7919)\"}],".utf8) }
    case .picture: (0..<4096).map { UInt8(truncatingIfNeeded: $0 / 64 + $0 % 64 / 9 * 3) }
    case .prose: Array("Habe nun, ach! Philosophie, Juristerei und Medizin, und leider auch Theologie. ".utf8)
    case .page: Array("<tr class=\"row\"><td>1</td><td><a href=\"/item/7919\">Item &amp; more</a></td></tr>\n".utf8)
    case .noise: Content.noise(70_001)
    }
  }

  private static func noise(_ length: Int) -> [UInt8] {
    var state: UInt64 = 1
    return (0..<length).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 40)
    }
  }
}
