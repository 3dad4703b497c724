import Diagnosis
import Packets
import Reports
import Yams

/// A setting by its name in the file.
enum ExpectedSetting: String, CaseIterable {
  case pingInterval, pingTimeout, maxPayload, maxHttpBufferSize, transports, allowEIO3, connectionStateRecovery
  case perMessageDeflate, path, port, proxyKeepsUpgradeHeaders, proxy, server

  /// What a value looks like.
  private var form: String {
    switch self {
    case .pingInterval: "milliseconds, or with a unit: 25000, 25s"
    case .pingTimeout: "milliseconds, or with a unit: 60000, 60s"
    case .maxPayload, .maxHttpBufferSize: "bytes: 1e8, 1000000"
    case .transports: "a list of polling, websocket and webtransport: [polling, websocket]"
    case .allowEIO3, .connectionStateRecovery, .perMessageDeflate, .proxyKeepsUpgradeHeaders: "true or false"
    case .path: "a path: /socket.io/"
    case .port: "a TCP port, or a list of them: 8080"
    case .proxy: "the beginning of its Server or Via: nginx/1.22"
    case .server: "the beginning of its Server or X-Powered-By: uvicorn"
    }
  }

  /// All settings with their forms, a line each.
  static var list: String { allCases.map { "  \($0.rawValue): \($0.form)" }.joined(separator: "\n") }

  /// Takes the value.
  func set(_ node: Node, in expectations: inout Expectations) throws(ExpectationsError) {
    switch self {
    case .pingInterval: expectations.pingInterval = try duration(node)
    case .pingTimeout: expectations.pingTimeout = try duration(node)
    case .maxPayload, .maxHttpBufferSize: expectations.maxPayload = try bytes(node)
    case .transports: expectations.transports = try transports(node)
    case .allowEIO3: expectations.allowEIO3 = try flag(node)
    case .connectionStateRecovery: expectations.connectionStateRecovery = try flag(node)
    case .perMessageDeflate: expectations.perMessageDeflate = try flag(node)
    case .path: expectations.path = try text(node)
    case .port: expectations.ports = try ports(node)
    case .proxyKeepsUpgradeHeaders: expectations.proxyKeepsUpgradeHeaders = try flag(node)
    case .proxy: expectations.proxy = try text(node)
    case .server: expectations.server = try text(node)
    }
  }

  private func wrong(_ node: Node) -> ExpectationsError {
    let seen = node.scalar.map { "'\(Sanitizer.visible($0.string))'" } ?? "this"
    return ExpectationsError(line: node.mark?.line, problem: "\(rawValue): \(seen) is no value of it; write \(form)")
  }

  private func text(_ node: Node) throws(ExpectationsError) -> String {
    guard let text = node.scalar?.string, !text.isEmpty else { throw wrong(node) }
    return text
  }

  private func duration(_ node: Node) throws(ExpectationsError) -> Interval {
    guard let interval = DurationText.interval(try text(node), bare: 0.001) else { throw wrong(node) }
    return interval
  }

  private func bytes(_ node: Node) throws(ExpectationsError) -> Int {
    guard let number = Double(try text(node)), let count = Int(exactly: number), count > 0 else { throw wrong(node) }
    return count
  }

  private func flag(_ node: Node) throws(ExpectationsError) -> Bool {
    switch try text(node) {
    case "true", "yes", "on": return true
    case "false", "no", "off": return false
    default: throw wrong(node)
    }
  }

  /// A list's elements, or the one that stands in its place.
  private func elements(_ node: Node) -> [Node] { node.sequence.map(Array.init) ?? [node] }

  private func transports(_ node: Node) throws(ExpectationsError) -> [String] {
    var names: [String] = []
    for element in elements(node) {
      let name = try text(element)
      guard ["polling", "websocket", "webtransport"].contains(name) else { throw wrong(element) }
      names.append(name)
    }
    guard !names.isEmpty else { throw wrong(node) }
    return names
  }

  private func ports(_ node: Node) throws(ExpectationsError) -> [Int] {
    var ports: [Int] = []
    for element in elements(node) {
      guard let port = UInt16(try text(element)), port > 0 else { throw wrong(element) }
      ports.append(Int(port))
    }
    guard !ports.isEmpty else { throw wrong(node) }
    return ports
  }
}
