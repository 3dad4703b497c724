import Analysis
import Packets
import SocketIO
import TestSupport
import Testing
import WebSocket

@Suite struct SessionDialogueTests {
  /// A WebSocket with its `open` packet and nothing else.
  private func opened(version: Int = 4) -> Conversation {
    var chat = Conversation()
    chat.handshake()
    chat.upgrade(target: "/socket.io/?EIO=\(version)&transport=websocket")
    chat.send(.serverToClient, text: SocketIOText.open(sid: "abc"))
    return chat
  }

  /// MessagePack of the few kinds of values that packets have.
  private func pack(type: UInt8, data: [UInt8]) -> [UInt8] {
    [0x83] + string("type") + [type] + string("data") + data + string("nsp") + string("/")
  }

  private func string(_ text: String) -> [UInt8] { [0xa0 | UInt8(text.utf8.count)] + Array(text.utf8) }

  @Test("packets of the MessagePack parser are events and refusals")
  func messagePack() throws {
    var chat = opened()
    chat.send(.clientToServer, binary: pack(type: 0, data: [0xc0]))
    chat.send(.serverToClient, binary: pack(type: 0, data: [0x81] + string("sid") + string("x")))
    chat.send(.clientToServer, binary: pack(type: 2, data: [0x91] + string("prompt")))
    for _ in 0..<3 { chat.send(.serverToClient, binary: pack(type: 2, data: [0x92] + string("token") + [7])) }
    chat.send(.serverToClient, binary: pack(type: 4, data: [0x81] + string("message") + string("no")))
    var options = AnalysisOptions()
    options.wantsMessages = true
    let trace = Trace(chat.recorded, options: options)
    let session = try #require(trace.sessions.first)
    #expect(session.counts(.clientToServer) == ["prompt": 1])
    #expect(session.counts(.serverToClient) == ["token": 3])
    #expect(trace.messages.contains { $0.opcode == .binary && $0.socket?.event == "token" })
    let refusals = trace.events.compactMap {
      if case .connectRefused(let refusal) = $0 { refusal.message } else { nil }
    }
    #expect(refusals == ["no"])
    #expect(!trace.events.contains { if case .ruleBroken = $0 { true } else { false } })
  }

  @Test("an Engine.IO 3 session on a WebSocket alone is known by its request")
  func version() throws {
    var chat = opened(version: 3)
    chat.send(.serverToClient, text: "40")
    let session = try #require(Trace(chat.recorded).sessions.first)
    #expect(session.engineIO == 3)
  }

  @Test("a session that goes on with an earlier one is told by its pid", arguments: [true, false])
  func recovery(isRecovered: Bool) throws {
    var chat = opened()
    chat.send(.clientToServer, text: #"40{"pid":"p1","offset":"o7"}"#)
    chat.send(.serverToClient, text: #"40{"sid":"x","pid":"\#(isRecovered ? "p1" : "p2")"}"#)
    let recovery = try #require(Trace(chat.recorded).sessions.first).recovery
    #expect(recovery.isOffered && recovery.isAsked)
    #expect(recovery.isRecovered == isRecovered)
  }

  @Test("attachments come over long-polling as over a WebSocket")
  func attachments() {
    var polls = Conversation()
    polls.handshake()
    polls.openPolling(sid: "abc")
    polls.post(sid: "abc", [SocketIOText.connect()])
    polls.poll(sid: "abc", [SocketIOText.connected(id: "x")])
    polls.poll(sid: "abc", [SocketIOText.binaryEvent("chunk", attachments: 2), "bAQID", "bBAUG"])
    polls.poll(sid: "abc", [SocketIOText.event("done")])
    let trace = Trace(polls.recorded)
    #expect(trace.sessions.first?.counts(.serverToClient) == ["chunk": 1, "done": 1])
    let faults = trace.events.contains { event in
      switch event {
      case .ruleBroken, .messageIncomplete: true
      default: false
      }
    }
    #expect(!faults)
  }

  @Test("more compressed WebSockets than may stay awake keep what their peers refer to")
  func sleep() {
    // The same text twice, as zlib's deflate writes it with context takeover.
    let first: [UInt8] = [
      0x32, 0x31, 0x8a, 0x56, 0x2a, 0xc9, 0xcf, 0x4e, 0xcd, 0x53, 0xd2, 0x51, 0x2a, 0xc9, 0x48, 0x55, 0x28, 0x4e, 0xcc,
      0x4d, 0x55, 0x28, 0xcf, 0x2f, 0x4a, 0x29, 0x56, 0x48, 0x4c, 0x4f, 0xcc, 0xcc, 0x53, 0x8a, 0x05, 0x00,
    ]
    let second: [UInt8] = [
      0x32, 0x21, 0xa8, 0x02, 0x00,
    ]
    var sockets: [Conversation] = (0..<600).map { index in
      var socket = Conversation(client: .at("10.1.\(index / 200).\(index % 200 + 1)", 50_000))
      socket.handshake()
      socket.upgrade(key: WebSocketKey.all[index % 8], extensions: "permessage-deflate")
      socket.send(.serverToClient, text: SocketIOText.open(sid: "sid\(index)"))
      return socket
    }
    for message in [first, second] {
      for index in sockets.indices {
        var frame = FrameBuilder(opcode: 1, payload: message)
        frame.reserved = 4
        sockets[index].send(.serverToClient, frame: frame, after: .seconds(1))
      }
    }
    let trace = Trace(sockets.flatMap(\.recorded).sortedByTime())
    #expect(trace.sessions.count == 600)
    #expect(trace.sessions.allSatisfy { $0.counts(.serverToClient) == ["token": 2] })
  }

  @Test("a limit that is reached is counted")
  func limits() {
    var options = AnalysisOptions()
    options.limits.requestsPerConnection = 2
    var polls = Conversation()
    polls.handshake()
    polls.openPolling(sid: "abc")
    for _ in 0..<4 { polls.poll(sid: "abc", ["6"]) }
    let limits = Trace(polls.recorded, options: options).facts?.limits
    #expect(limits == [LimitReached(name: "requests-per-connection", value: 2, reached: 3)])
    #expect(Trace(polls.recorded).facts?.limits == [])
  }
}
