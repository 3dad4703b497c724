import Bytes
import Diagnosis
import Foundation
import Packets
import Reports
import SocketIO
import TestSupport
import Testing
import WebSocket

@testable import Analysis

@Suite("The JSON document")
struct JSONDocumentTests {
  @Test("has what the report has")
  func document() throws {
    let document = try object(JSONDocument.bytes(.sample([.stall()])))
    #expect(document["schema"] as? String == "wstrace/1")
    #expect(document["program"] as? String == "wstrace 0.1.0")
    let capture = try #require((document["captures"] as? [[String: Any]])?.first)
    #expect(capture["firstPacket"] as? String == "2026-11-22T10:04:15.505841Z")
    #expect(capture["packetsDropped"] as? Int == 0)
    let connection = try #require((document["connections"] as? [[String: Any]])?.first)
    #expect(connection["start"] as? Double == 0.2)
    #expect((connection["tcp"] as? [String: Any])?["finBy"] as? String == "client")
    let socket = try #require(connection["websocket"] as? [String: Any])
    #expect((socket["close"] as? [String: Any])?["code"] as? Int == 1000)
    let session = try #require((document["sessions"] as? [[String: Any]])?.first)
    #expect((session["events"] as? [String: [String: Int]])?["serverToClient"] == ["token": 120, "done": 2])
    let stream = try #require((document["streams"] as? [[String: Any]])?.first)
    #expect(stream["firstMessageAfter"] as? Double == 0.31)
    #expect((stream["gap"] as? [String: Double])?["p50"] == 0.05)
    #expect(document["messages"] == nil)
  }

  @Test("a finding has its proof")
  func finding() throws {
    let document = try object(JSONDocument.bytes(.sample([.stall()])))
    let finding = try #require((document["findings"] as? [[String: Any]])?.first)
    #expect(finding["at"] as? Double == 7.738)
    #expect(finding["until"] as? Double == 19.74)
    #expect(finding["packets"] as? [Int] == [411, 562])
    #expect((finding["evidence"] as? [String: Any])?["gap"] as? Double == 12.002)
    #expect(
      finding["displayFilter"] as? String
        == "ip.addr == 10.0.0.7 && tcp.port == 55884 && frame.number >= 411 && frame.number <= 562")
    #expect(finding["packetsTotal"] == nil)
  }

  @Test("a finding lists no more packets and connections than promised")
  func listLimits() throws {
    var finding = Finding.stall()
    finding.packets = (1...1001).map { packet($0, 1) }
    finding.connections = Array(1...101)
    let document = try object(JSONDocument.bytes(.sample([finding])))
    let written = try #require((document["findings"] as? [[String: Any]])?.first)
    #expect((written["packets"] as? [Int])?.count == 1000)
    #expect(written["packetsTotal"] as? Int == 1001)
    #expect((written["connections"] as? [Int])?.count == 100)
    #expect(written["connectionsTotal"] as? Int == 101)
  }

  @Test("with several captures a packet names its capture")
  func severalCaptures() throws {
    var finding = Finding.stall()
    finding.packets = [packet(3, 1, capture: 1)]
    var report = Report.sample([finding])
    report.captures.append(CaptureInfo(path: "b.pcap", format: "pcap"))
    let written = try #require((try object(JSONDocument.bytes(report))["findings"] as? [[String: Any]])?.first)
    #expect(written["packets"] as? [[String: Int]] == [["capture": 1, "number": 3]])
  }

  @Test("in pieces it has the messages, and is the same otherwise")
  func pieces() throws {
    let report = Report.sample()
    var pieces = JSONDocument(report, listsMessages: true)
    var bytes: [UInt8] = []
    pieces.writeHead(report) { bytes += $0.copy() }
    for message in [MessageRecord.token(88, 1), .plain(.binary, [0, 255])] {
      pieces.write(message) { bytes += $0.copy() }
    }
    pieces.finish { bytes += $0.copy() }
    var document = try object(bytes)
    let messages = try #require(document.removeValue(forKey: "messages") as? [[String: Any]])
    #expect(NSDictionary(dictionary: document) == NSDictionary(dictionary: try object(JSONDocument.bytes(report))))
    #expect(messages[0]["payload"] as? String == #"42["token",{"i":0}]"#)
    #expect((messages[0]["socketIO"] as? [String: Any])?["event"] as? String == "token")
    #expect(messages[1]["payloadBase64"] as? String == "AP8=")
    #expect(messages[1]["packets"] as? [Int] == [28, 30])
  }

  @Test("what a message says does not depend on the one before")
  func neighbours() {
    let changes: [(inout MessageRecord) -> Void] = [
      { _ in }, { $0.frames = 2 }, { $0.isCompressed = true }, { $0.closeCode = 1001 }, { $0.engineType = nil },
      { $0.engineType = .noop }, { $0.socket = nil }, { $0.socket?.type = .connect },
      { $0.socket?.namespace = "/chat" },
      { $0.socket?.event = "done" }, { $0.socket?.event = nil }, { $0.socket?.ackID = 7 },
      { $0.socket?.attachments = 1 },
      { $0.socket?.arguments = "x" }, { $0.opcode = .close }, { $0.opcode = .binary }, { $0.isComplete = false },
      { $0.payload = [] }, { $0.sid = nil },
    ]
    let messages = changes.map { change in
      var message = MessageRecord.token(88, 1)
      change(&message)
      return message
    }
    func text(_ messages: [MessageRecord]) -> [String] {
      var records = RecordWriter(epoch: captureStart, captureCount: 1)
      return messages.map { message in
        records.write(message)
        records.json.newline()
        return String(decoding: records.json.take(), as: UTF8.self)
      }
    }
    for first in messages {
      for second in messages {
        #expect(text([first, second, first]) == text([first]) + text([second]) + text([first]))
      }
    }
  }

  @Test("a payload that a limit cut ends with a whole character")
  func cutPayload() throws {
    var message = MessageRecord.plain(.text, Array("aé".utf8.dropLast()))
    message.length = 3
    var lines = NDJSON(epoch: captureStart, captureCount: 1)
    lines.message(message)
    #expect(try object(lines.take())["payload"] as? String == "a")
  }

  @Test("ndjson has one object a line")
  func lines() throws {
    let report = Report.sample([.stall()])
    var lines = NDJSON(epoch: captureStart, captureCount: 1)
    lines.capture(report.captures[0])
    lines.connection(report.connections[0])
    lines.message(.token(88, 1, payload: "a\nb\u{2028}c"))
    lines.session(report.sessions[0])
    lines.stream(report.streams[0])
    lines.finding(report.findings[0], isWithdrawn: true)
    lines.end(report)
    let objects = try lines.take().split(separator: UInt8(ascii: "\n")).map { try object(Array($0)) }
    let types = objects.map { $0["type"] as? String }
    #expect(types == ["capture", "connection", "message", "session", "stream", "finding", "end"])
    #expect(objects[5]["withdrawn"] as? Bool == true)
    #expect(objects[6]["warnings"] as? Int == 1)
    #expect(lines.count == 0)
  }

  @Test("other HTTP is no message")
  func otherHTTP() {
    var record = MessageRecord.token(1, 1)
    record.transport = .http
    var lines = NDJSON(epoch: captureStart, captureCount: 1)
    lines.message(record)
    #expect(lines.count == 0)
  }

  @Test("a connection has the Community ID that other programs give it")
  func communityID() throws {
    var lines = NDJSON(epoch: captureStart, captureCount: 1)
    var connection = ConnectionSummary.webSocket()
    (connection.client, connection.server) = (.at("128.232.110.120", 34855), .at("66.35.250.204", 80))
    lines.connection(connection)
    (connection.client, connection.server) = (connection.server, connection.client)
    lines.connection(connection)
    for line in lines.take().split(separator: UInt8(ascii: "\n")) {
      #expect(try object(Array(line))["communityID"] as? String == "1:LQU9qZlK+B5F3KDmev6m5PMibrg=")
    }
  }
}
