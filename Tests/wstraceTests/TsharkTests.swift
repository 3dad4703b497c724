import Foundation
import TestSupport
import Testing

/// What one direction of a connection carried, as two programs count it.
private struct Carried: Equatable {
  /// Frames by opcode.
  var frames: [Int: Int] = [:]
  /// Payload of all frames in bytes, as on the wire.
  var payload = 0
}

/// tshark as a peer: both must see the same frames and the same HTTP statuses.
@Suite(
  .enabled(if: Tool.isBuilt, "wstrace is not built: swift build -c release"),
  .enabled(if: Tshark.path != nil, "tshark is not installed"))
struct TsharkTests {
  /// Where tshark gives up: it needs the 101 to find WebSockets, and stops at a hole or a cut.
  private static let beyondTshark: Set = ["drops-2pct.pcap", "mid-stream-start.pcap", "snaplen-96.pcap"]

  static let comparable = Tool.captures.filter { !beyondTshark.contains($0) }

  private static let options = ["-o", "tcp.reassemble_out_of_order:TRUE", "-d", "tcp.port==8080,http"]

  @Test(
    "frames by opcode, direction and connection, and their payload, are those that tshark sees", arguments: comparable)
  func frames(name: String) throws {
    let theirs = try tsharkFrames(name)
    let (ours, inflated) = try ourFrames(name)
    #expect(Set(ours.keys) == Set(theirs.keys))
    for (key, carried) in theirs {
      #expect(ours[key]?.frames == carried.frames, "\(key)")
      if !inflated.contains(key) { #expect(ours[key]?.payload == carried.payload, "\(key)") }
    }
  }

  @Test("HTTP statuses by connection are those that tshark sees", arguments: comparable)
  func statuses(name: String) throws {
    let rows = try #require(
      try Tshark.fields(
        ["ip.dst", "tcp.dstport", "ip.src", "http.response.code"], of: path(name), filter: "http.response",
        options: TsharkTests.options))
    var theirs: [String: [Int]] = [:]
    for row in rows where row.count == 4 {
      theirs["\(row[0]):\(row[1]) > \(row[2])", default: []] += row[3].split(separator: ",").compactMap { Int($0) }
    }
    var ours: [String: [Int]] = [:]
    for connection in try connections(name) {
      let requests = connection["requests"] as? [[String: Any]] ?? []
      let statuses = requests.compactMap { $0["status"] as? Int }
      if !statuses.isEmpty { ours[key(connection), default: []] += statuses }
    }
    #expect(Set(ours.keys) == Set(theirs.keys))
    for (key, statuses) in theirs { #expect(ours[key]?.sorted() == statuses.sorted(), "\(key)") }
  }

  private func path(_ name: String) -> String { PackageRoot.captures + "/" + name }

  private func tsharkFrames(_ name: String) throws -> [String: Carried] {
    let fields = [
      "ip.src", "tcp.srcport", "ip.dst", "tcp.dstport", "websocket.opcode", "websocket.payload_length",
      "websocket.payload_length_ext_16", "websocket.payload_length_ext_64",
    ]
    let rows = try #require(
      try Tshark.fields(fields, of: path(name), filter: "websocket", options: TsharkTests.options))
    var carried: [String: Carried] = [:]
    for row in rows where row.count == fields.count {
      let toServer = row[3] == "8080"
      let key = toServer ? "\(row[0]):\(row[1]) > \(row[2]) up" : "\(row[2]):\(row[3]) > \(row[0]) down"
      let values = row[4...].map { $0.split(separator: ",").compactMap { Int($0) } }
      for opcode in values[0] { carried[key, default: Carried()].frames[opcode, default: 0] += 1 }
      var (longer, longest) = (values[2][...], values[3][...])
      for length in values[1] {
        let payload = length == 126 ? longer.popFirst() : length == 127 ? longest.popFirst() : length
        carried[key, default: Carried()].payload += payload ?? 0
      }
    }
    return carried
  }

  private func connections(_ name: String) throws -> [[String: Any]] {
    try Tool.document([name])["connections"] as? [[String: Any]] ?? []
  }

  private func key(_ connection: [String: Any]) -> String {
    func end(_ name: String) -> (address: String, port: Int) {
      let end = connection[name] as? [String: Any] ?? [:]
      return (end["address"] as? String ?? "", end["port"] as? Int ?? 0)
    }
    return "\(end("client").address):\(end("client").port) > \(end("server").address)"
  }

  /// Our counts, and the directions whose payload is told inflated.
  private func ourFrames(_ name: String) throws -> (carried: [String: Carried], inflated: Set<String>) {
    let opcodes = [0: "continuation", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong"]
    var carried: [String: Carried] = [:]
    var inflated: Set<String> = []
    for connection in try connections(name) {
      guard let webSocket = connection["websocket"] as? [String: Any] else { continue }
      let frames = webSocket["frames"] as? [String: [String: Int]] ?? [:]
      let messages = webSocket["messages"] as? [String: [String: Int]] ?? [:]
      for (direction, word) in [("clientToServer", "up"), ("serverToClient", "down")] {
        var one = Carried()
        for (opcode, name) in opcodes {
          if let count = frames[direction]?[name], count > 0 { one.frames[opcode] = count }
        }
        guard !one.frames.isEmpty else { continue }
        one.payload = messages[direction]?["bytes"] ?? 0
        let key = key(connection) + " " + word
        if (frames[direction]?["compressed"] ?? 0) > 0 { inflated.insert(key) }
        carried[key] = one
      }
    }
    return (carried, inflated)
  }
}
