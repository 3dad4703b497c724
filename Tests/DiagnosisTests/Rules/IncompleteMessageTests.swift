import Diagnosis
import Packets
import TestSupport
import Testing

@Suite struct IncompleteMessageTests {
  private func chat(_ rest: (inout Conversation) -> Void) -> [RecordedPacket] {
    var chat = Conversation.chat()
    chat.answer()
    rest(&chat)
    return chat.recorded
  }

  /// A text frame of 5,000 bytes of which the first ones come.
  private func cut(_ count: Int) -> [UInt8] {
    Array(
      FrameBuilder.text(SocketIOText.event("token", "\"" + String(repeating: "x", count: 5000) + "\"")).bytes[..<count])
  }

  @Test("a frame that is cut, and a FIN after a silence, is one finding")
  func cutFrame() throws {
    let packets = chat { chat in
      chat.send(.serverToClient, bytes: cut(1200))
      chat.finish(by: .serverToClient, after: .seconds(3))
    }
    let finding = try expectOne("incomplete-message", .error, blame: .server, in: packets)
    #expect(finding.explains == ["abnormal-close"])
    #expect((finding.measure("received") ?? 0) < (finding.measure("announced") ?? 0))
    #expect(ids(in: packets) == ["incomplete-message"])
  }

  @Test("a fragmented message without its end")
  func fragments() throws {
    let packets = chat { chat in
      chat.send(.clientToServer, frame: .text("4", isFinal: false))
      chat.send(.clientToServer, frame: .continuation(Array("2[".utf8), isFinal: false))
      chat.send(.clientToServer, frame: .ping(), after: .seconds(5))
      chat.send(.serverToClient, frame: .pong())
    }
    let finding = try expectOne("incomplete-message", .warning, blame: .client, in: packets)
    #expect(finding.word("kind") == "fragments")
    #expect(finding.measure("frames") == 2)
  }

  @Test("a message that the capture's end cuts is a notice")
  func endOfCapture() throws {
    let packets = chat { $0.send(.serverToClient, bytes: cut(1200)) }
    _ = try expectOne("incomplete-message", .notice, blame: .server, in: packets)
  }

  @Test("attachments that do not come")
  func attachments() throws {
    let packets = chat { chat in
      chat.send(.serverToClient, text: SocketIOText.binaryEvent("chunk", attachments: 2))
      chat.send(.serverToClient, binary: [1, 2, 3])
      chat.close(by: .serverToClient, code: 1011, after: .seconds(5))
    }
    let finding = try expectOne("incomplete-message", .error, blame: .server, in: packets)
    #expect(finding.word("kind") == "attachments")
    #expect(finding.measure("received") == 1)
    #expect(finding.measure("announced") == 2)
  }

  @Test("a text packet between an event and its attachments")
  func interrupted() throws {
    let packets = chat { chat in
      chat.send(.serverToClient, text: SocketIOText.binaryEvent("chunk", attachments: 1))
      chat.event(.serverToClient, "token")
      chat.close(code: 1000)
    }
    let finding = try expectOne("incomplete-message", .error, blame: .server, in: packets)
    #expect(finding.word("kind") == "attachments")
  }

  /// A client's text packet where attachments should be, and the server's empty Close some time after.
  private func interrupted(closedAfter interval: Interval) -> [RecordedPacket] {
    chat { chat in
      chat.send(.clientToServer, text: SocketIOText.binaryEvent("upload", attachments: 2))
      chat.send(.clientToServer, binary: [1, 2, 3])
      chat.event(.clientToServer, "typing")
      chat.close(by: .serverToClient, after: interval)
    }
  }

  @Test("the server's close for it is its consequence")
  func closed() throws {
    let packets = interrupted(closedAfter: .milliseconds(2))
    let finding = try expectOne("incomplete-message", .error, blame: .client, in: packets)
    #expect(finding.explains == ["error-close"])
    #expect(ids(in: packets) == ["incomplete-message"])
  }

  @Test("a close long after has a cause of its own")
  func closedLater() {
    #expect(Set(ids(in: interrupted(closedAfter: .seconds(5)))) == ["incomplete-message", "error-close"])
  }

  @Test("whole messages, attachments with heartbeats between, and a client that leaves are no fault")
  func healthy() {
    let whole = chat { chat in
      chat.send(.serverToClient, text: SocketIOText.binaryEvent("chunk", attachments: 2))
      chat.send(.serverToClient, binary: [1])
      chat.send(.serverToClient, text: "2")
      chat.send(.clientToServer, text: "3")
      chat.send(.serverToClient, binary: [2])
      chat.close(code: 1000)
    }
    #expect(ids(in: whole).isEmpty)
    let left = chat { chat in
      chat.send(.serverToClient, bytes: cut(1200))
      chat.close(by: .clientToServer, code: 1001)
    }
    #expect(!ids(in: left).contains("incomplete-message"))
  }

  @Test("bytes that the capture lost are not missing")
  func lost() {
    let packets = chat { chat in
      let sent = chat.send(.serverToClient, bytes: cut(4000))
      chat.drop(sent.lowerBound)
      chat.finish(by: .serverToClient, after: .seconds(3))
    }
    #expect(!ids(in: packets).contains("incomplete-message"))
  }

  @Test("bytes that the capture lost long before do not hide a message that is cut")
  func behindHole() throws {
    var chat = Conversation.chat()
    let lost = chat.event(.serverToClient, "token", "1")
    chat.drop(lost)
    for _ in 0..<30 { chat.event(.serverToClient, "token", "2", after: .milliseconds(50)) }
    let frame = FrameBuilder.text(SocketIOText.event("token", "\"" + String(repeating: "x", count: 900) + "\"")).bytes
    chat.send(.serverToClient, bytes: Array(frame.prefix(400)))
    chat.finish(by: .serverToClient, after: .seconds(3))
    let finding = try #require(findings(in: chat.recorded).first { $0.id == "incomplete-message" })
    #expect(finding.severity == .error && finding.blame == .server)
  }
}
