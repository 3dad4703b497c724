import Bytes
import Packets
import Streams
import TestSupport
import Testing

@testable import Analysis

/// Connections that were parked and brought back go on as if they had not been.
@Suite struct ParkingTests {
  @Test("what is told does not depend on parking", arguments: Recorded.paths, [0, 1])
  func events(path: String, limit: Int) throws {
    let recording = try Recorded(path: path)
    let told = try events(of: recording, awake: .max, parkingIn: nil)
    let backing = MemoryStore()
    let store = RecordStore(backing)
    let parked = try events(of: recording, awake: limit, parkingIn: store)
    #expect(!store.hasFailed)
    #expect(told.count == parked.count, "\(recording.name)")
    for (expected, found) in zip(told, parked) where expected != found {
      Issue.record("\(recording.name):\n\(expected)\n\(found)")
      return
    }
  }

  /// Everything that is told of a recording, in words.
  private func events(of recording: Recorded, awake: Int, parkingIn store: RecordStore?) throws -> [String] {
    var analyzer = analyzer(awake: awake, parkingIn: store)
    for index in recording.packets.indices { receive(recording.packets, index, &analyzer) }
    analyzer.finish()
    return analyzer.takeEvents().map { Contents.text(of: $0) }
  }

  private func analyzer(awake: Int, parkingIn store: RecordStore?) -> Analyzer {
    var options = AnalysisOptions()
    options.ports = .any
    options.wantsMessages = true
    options.fields = .all
    options.wantsTransportMarks = true
    options.limits.awakeConnections = awake
    return Analyzer(options: options, parkingIn: store)
  }

  private func receive(_ packets: [RecordedPacket], _ index: Int, _ analyzer: inout Analyzer) {
    let packet = packets[index]
    analyzer.receive(
      packet.bytes.span.bytes, linkType: LinkType(rawValue: packet.linkType), wireLength: packet.originalLength,
      reference: PacketReference(capture: 0, number: index + 1, time: packet.time))
  }

  @Test("connections are parked at all")
  func parks() {
    var chat = TestSupport.Conversation()
    chat.handshake()
    chat.upgrade(target: "/socket.io/?EIO=4&transport=websocket")
    chat.open(sid: "abc")
    chat.send(.clientToServer, text: "40")
    chat.send(.serverToClient, text: "2", after: .seconds(20))
    let packets = chat.recorded
    var analyzer = analyzer(awake: 0, parkingIn: RecordStore(MemoryStore()))
    for index in packets.indices { receive(packets, index, &analyzer) }
    #expect(analyzer.table.count == 1)
    #expect(analyzer.table.awakeCount == 0)
    #expect(analyzer.sessions.count == 1)
    #expect(analyzer.sessions.awakeCount == 0)
  }

  /// Packets between two looks: looking takes long.
  private static let step = 500

  @Test("no field of a connection or a session is forgotten", arguments: Recorded.paths)
  func fields(path: String) throws {
    let recording = try Recorded(path: path)
    var analyzer = analyzer(awake: .max, parkingIn: nil)
    for index in recording.packets.indices {
      receive(recording.packets, index, &analyzer)
      guard index % ParkingTests.step == ParkingTests.step - 1 || index == recording.packets.count - 1 else { continue }
      for case let conversation? in analyzer.conversations.suffix(16) {
        try expectRoundTrip(conversation, recording.name)
      }
    }
  }

  private func expectRoundTrip(_ conversation: Analysis.Conversation, _ name: String) throws {
    guard conversation.isParkable else { return }
    let limits = AnalysisOptions().webSocketLimits
    let store = RecordStore(MemoryStore())
    let parcel = store.parcel()
    conversation.code(parcel, limits)
    let place = try #require(store.put(parcel))
    let copy = Analysis.Conversation(id: conversation.id, slot: conversation.slot, at: .none)
    copy.code(try #require(store.take(place)), limits)
    let apart: Set = ["session", "twin", "users"]
    #expect(Contents.text(of: copy, except: apart) == Contents.text(of: conversation, except: apart), "\(name)")
    guard let session = conversation.session else { return }
    let second = store.parcel()
    session.code(second)
    let sessionPlace = try #require(store.put(second))
    let sessionCopy = Session(id: session.id, sid: nil, at: .none)
    sessionCopy.code(try #require(store.take(sessionPlace)))
    #expect(Contents.text(of: sessionCopy, except: apart) == Contents.text(of: session, except: apart), "\(name)")
  }

  @Test("summaries in a file are what they were in memory", arguments: Recorded.paths)
  func summaries(path: String) throws {
    let verdict = Verdict(try Recorded(path: path).packets)
    let store = RecordStore(MemoryStore())
    var list = SummaryList<ConnectionFacts>(overflowingTo: store)
    guard !verdict.connections.isEmpty else { return }
    let copies = SummaryList<ConnectionFacts>.mostHeld / verdict.connections.count + 2
    for _ in 0..<copies { for connection in verdict.connections { list.append(connection, key: connection.id) } }
    for (stored, connection) in zip(list.suffix(verdict.connections.count), verdict.connections) {
      #expect(Contents.text(of: stored) == Contents.text(of: connection))
    }
    list.sort()
    #expect(list.map(\.id) == list.map(\.id).sorted())
    #expect(list.subset { $0.id == 1 }.count == copies)
  }
}
