import Bytes
import Diagnosis
import Foundation
import Packets
import Reports
import SocketIO
import TestSupport
import WebSocket

@testable import Analysis

/// 2026-11-22T10:04:15.505841Z, from when all times here are counted.
let captureStart = Timestamp(nanoseconds: 1_795_341_855_505_841_000)

/// A packet by its number and its seconds since the captureStart.
func packet(_ number: Int, _ seconds: Double, capture: Int = 0) -> PacketReference {
  PacketReference(capture: capture, number: number, time: captureStart + .seconds(seconds))
}

extension ConnectionSummary {
  /// A WebSocket from 4 s to 9.5 s.
  static func webSocket(_ id: Int = 1, leg: Leg = .only) -> ConnectionSummary {
    var tcp = TCPFacts()
    tcp.syn = [packet(4, 0.2)]
    tcp.synAck = [packet(5, 0.201)]
    tcp.finBy = .clientToServer
    tcp.roundTrip = .milliseconds(1)
    var socket = WebSocketSummary()
    socket.upgradedAt = packet(8, 0.21)
    socket.messages.clientToServer.text = 3
    socket.messages.serverToClient.text = 1234
    socket.close = WebSocketSummary.Close(code: 1000, reason: "", by: .clientToServer, at: packet(900, 9.5))
    return ConnectionSummary(
      ConnectionFacts(
        id: id, tcpStream: 0, client: .at("10.0.0.7", 55884), server: .at("10.0.0.10", 8080), rolesInferred: false,
        start: packet(4, 0.2), end: packet(901, 9.5), tcp: tcp, transport: .webSocket, sid: "O8Jkt2rvAAAB", leg: leg,
        requests: [
          RequestSummary(
            request: packet(7, 0.205), method: "GET", target: "/socket.io/?EIO=4", version: "1.1", isUpgrade: true,
            status: 101, answer: packet(8, 0.21), refusal: nil)
        ],
        requestsLeftOut: 0, webSocket: socket))
  }
}

extension SessionSummary {
  /// A session over polling and WebSocket.
  static func upgraded(sid: String? = "O8Jkt2rvAAAB") -> SessionSummary {
    SessionSummary(
      SessionFacts(
        sid: sid, engineIO: 4, transports: [.polling, .webSocket], upgraded: true,
        offersWebSocket: true, connections: [1],
        client: .at("10.0.0.7", 55884), pingInterval: 25, pingTimeout: 20, maxPayload: 1_000_000, start: packet(1, 0.2),
        end: packet(900, 9.5), heartbeats: 4, namespaces: ["/"], closedBy: .clientToServer, closeReason: nil,
        events: Directional(clientToServer: [("prompt", 2)], serverToClient: [("token", 120), ("done", 2)]),
        acks: Directional(clientToServer: 0, serverToClient: 2)))
  }
}

extension StreamSummary {
  /// Three tokens, 50 ms and 70 ms apart.
  static func tokens() -> StreamSummary {
    var gaps = GapDigest()
    gaps.add(.milliseconds(50))
    gaps.add(.milliseconds(70))
    return StreamSummary(
      sid: "O8Jkt2rvAAAB", event: "token", trigger: Trigger(event: "prompt", reference: packet(20, 1)),
      start: packet(22, 1.31), end: packet(26, 1.43), messages: 3, gaps: gaps.quantiles(), isEnded: true,
      endEvent: "done",
      connection: 1)
  }
}

extension MessageRecord {
  /// A token of a Socket.IO event from the server.
  static func token(
    _ number: Int, _ seconds: Double, payload: String = #"42["token",{"i":0}]"#, leg: Leg = .only
  ) -> MessageRecord {
    MessageRecord(
      at: packet(number, seconds), firstPacket: packet(number, seconds), connection: 3, leg: leg, sid: "a",
      direction: .serverToClient, transport: .webSocket, opcode: .text, length: payload.utf8.count, frames: 1,
      isCompressed: false, isComplete: true, closeCode: nil, engineType: .message,
      socket: SocketFacts(type: .event, namespace: "/", event: "token", ackID: nil, attachments: 0),
      payload: Array(payload.utf8))
  }

  /// A WebSocket message without Socket.IO.
  static func plain(_ opcode: Opcode, _ payload: [UInt8], closeCode: Int? = nil) -> MessageRecord {
    MessageRecord(
      at: packet(30, 2), firstPacket: packet(28, 1.9), connection: 1, leg: .only, sid: nil, direction: .clientToServer,
      transport: .webSocket, opcode: opcode, length: payload.count, frames: 2, isCompressed: true, isComplete: true,
      closeCode: closeCode, engineType: nil, socket: nil, payload: payload)
  }
}

extension Finding {
  /// A stalled stream, on connection 1.
  static func stall(_ severity: Severity = .warning) -> Finding {
    var finding = Finding(
      "stalled-stream", severity, .certain, blame: .server, blameDetail: .application, connections: [1],
      at: packet(411, 7.738),
      packets: [packet(411, 7.738), packet(562, 19.74)], title: "the answer to prompt 2 stopped for 12.0 s",
      detail: "Between packets 411 and 562 no token came.\nNot the network: everything was acknowledged.",
      evidence: [("gap", .number(12.002)), ("bytes", .count(7)), ("rule", .text("x")), ("byClock", .flag(true))],
      remedy: "Look at the application.")
    finding.number = 1
    finding.endpoints = (.at("10.0.0.7", 55884), .at("10.0.0.10", 8080))
    finding.until = packet(562, 19.74)
    return finding
  }
}

extension Report {
  /// One capture, connection, session and stream, and what was found in them.
  static func sample(_ findings: [Finding] = []) -> Report {
    var capture = CaptureInfo(path: "chat.pcap", format: "pcap")
    capture.linkTypes = ["LINUX_SLL2"]
    capture.packets = 1869
    capture.bytes = 312_400
    capture.firstPacket = captureStart
    capture.duration = .milliseconds(9600)
    capture.dropped = 0
    return Report(
      version: "0.1.0", captures: [capture], connections: [.webSocket()], sessions: [.upgraded()], streams: [.tokens()],
      findings: findings, epoch: captureStart)
  }
}

/// Reads a JSON object, as other programs do.
func object(_ bytes: [UInt8]) throws -> [String: Any] {
  try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] ?? [:]
}

extension Timeline {
  /// All lines of a report's messages, the heading first, with a line for each finding where it begins.
  static func text(_ report: Report, _ messages: [MessageRecord], options: TextOptions = TextOptions()) -> String {
    var timeline = MarkedTimeline(report, options: options)
    var text: [UInt8] = []
    for message in messages { timeline.write(message) { text += $0.copy() } }
    timeline.finish { text += $0.copy() }
    return String(decoding: text, as: UTF8.self)
  }
}
