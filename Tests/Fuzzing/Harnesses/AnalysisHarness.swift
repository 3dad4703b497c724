import Analysis
import Bytes
import Diagnosis
import Packets

/// Packets through everything: decoding, reassembly, protocols, sessions and rules.
///
/// The script gives the payload of a few connections, which open and number their segments as TCP does, so that it gets as
/// far as WebSocket and Socket.IO; now and then it skips, repeats or cuts a segment, or ends a connection.
func analyze(_ script: inout InputScript) {
  var run = AnalysisRun()
  while !script.isEmpty, run.packets < 2000 { run.step(&script) }
  run.finish()
}

private struct AnalysisRun: ~Copyable {
  private(set) var packets = 0
  private var analyzer: Analyzer
  private var time: Int64 = 0
  /// The next sequence number of each direction, by the client's port.
  private var connections: [UInt16: Directional<UInt32>] = [:]

  init() {
    var options = AnalysisOptions()
    options.wantsMessages = true
    analyzer = Analyzer(options: options)
  }

  mutating func step(_ script: inout InputScript) {
    let choice = script.byte()
    let port = 40_000 + UInt16(choice & 3)
    time &+= 1 + Int64(script.byte()) << Int64(choice >> 2 & 31)
    if connections[port] == nil { open(port, opening: script.byte()) }
    let direction: Direction = script.byte() & 1 == 0 ? .clientToServer : .serverToClient
    let payload = script.piece()
    switch script.byte() {
    case 0xff: connections[port]?[direction] &+= UInt32(script.number())
    case 0xfe: send(port, direction, flags: 0x11, payload)
    case 0xfd: send(port, direction, flags: 0x14, [])
    case 0xfc:
      send(port, direction, payload)
      connections[port]?[direction] &-= UInt32(payload.count)
      send(port, direction, payload)
    case 0xfb: send(port, direction, payload, captured: 40 + payload.count / 2)
    case 0xfa: connections[port] = nil
    default: send(port, direction, payload)
    }
  }

  /// A handshake, and what brings the connection to the protocol that the script is about to speak.
  private mutating func open(_ port: UInt16, opening: UInt8) {
    connections[port] = Directional(clientToServer: 1000, serverToClient: 5000)
    send(port, .clientToServer, flags: 0x02, [])
    send(port, .serverToClient, flags: 0x12, [])
    let isCompressed = opening & 4 != 0
    switch opening & 3 {
    case 0: break
    case 1:
      converse(port, "/socket.io/?EIO=\(opening & 8 == 0 ? 4 : 3)&transport=websocket", isCompressed: isCompressed)
    case 2: converse(port, "/plain", isCompressed: isCompressed)
    default:
      send(
        port, .clientToServer,
        Array("GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
      let body = #"0{"sid":"fuzz","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000}"#
      send(
        port, .serverToClient,
        Array("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8))
    }
  }

  /// An accepted upgrade.
  private mutating func converse(_ port: UInt16, _ target: String, isCompressed: Bool) {
    let extensions = isCompressed ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : ""
    let request =
      "GET \(target) HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\(extensions)\r\n"
    let answer =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\(extensions)\r\n"
    send(port, .clientToServer, Array(request.utf8))
    send(port, .serverToClient, Array(answer.utf8))
  }

  private mutating func send(
    _ port: UInt16, _ direction: Direction, flags: UInt8 = 0x18, _ payload: [UInt8], captured: Int = .max
  ) {
    guard let next = connections[port] else { return }
    let frame = ScriptedSegment(
      isFromClient: direction == .clientToServer, port: port, flags: flags, sequence: next[direction],
      acknowledgement: next[direction.reversed], payload: payload
    ).frame
    packets += 1
    time &+= 1000
    analyzer.receive(
      Array(frame.prefix(captured)).span.bytes, linkType: .ipv4, wireLength: frame.count,
      reference: PacketReference(capture: 0, number: packets, time: Timestamp(nanoseconds: time)))
    // SYN and FIN count as a byte.
    connections[port]?[direction] &+= UInt32(payload.count) &+ (flags & 0x03 == 0 ? 0 : 1)
  }

  mutating func finish() {
    var diagnostician = Diagnostician()
    analyzer.finish()
    for event in analyzer.takeEvents() { diagnostician.observe(event) }
    _ = diagnostician.conclude(in: Scene(epoch: Timestamp(nanoseconds: 0), captures: 1))
  }
}
