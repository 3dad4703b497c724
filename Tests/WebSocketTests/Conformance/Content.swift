import WebSocket

/// What is compressed: text that deflates as JSON does, something that does not, and something that deflates to nothing.
enum Content: CaseIterable {
  case json, noise, zeros

  func payload(_ length: Int) -> [UInt8] {
    switch self {
    case .json:
      let lines = (0..<9).flatMap { Array("42[\"token\",{\"id\":\($0),\"text\":\"lorem ipsum \($0 * 7919)\"}],".utf8) }
      return (0..<length).map { lines[$0 % lines.count] }
    case .zeros: return [UInt8](repeating: 0, count: length)
    case .noise:
      var state: UInt64 = 1
      return (0..<length).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 40)
      }
    }
  }

  var opcode: Opcode { self == .json ? .text : .binary }
}
