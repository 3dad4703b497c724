import Bytes
import Packets
import SocketIO
import Streams
import TestSupport
import Testing
import WebSocket

@testable import Analysis

/// Messages that go to another thread packed are those that would have been events.
@Suite struct PackingTests {
  @Test("a message is the same, packed and unpacked", arguments: Recorded.paths)
  func messages(path: String) throws {
    let recording = try Recorded(path: path)
    let (told, none) = try messages(of: recording, packed: false)
    let (events, unpacked) = try messages(of: recording, packed: true)
    #expect(none.isEmpty && events.isEmpty)
    #expect(told.count == unpacked.count, "\(recording.name)")
    for (expected, found) in zip(told, unpacked) where expected != found {
      Issue.record("\(recording.name):\n\(expected)\n\(found)")
      return
    }
  }

  /// Messages in words: those that were events, and those that were packed, taken every ten packets.
  private func messages(of recording: Recorded, packed: Bool) throws -> (events: [String], unpacked: [String]) {
    var options = AnalysisOptions()
    options.ports = .any
    options.wantsMessages = true
    options.hashesPayloads = true
    options.packsMessages = packed
    var analyzer = Analyzer(options: options)
    var unpacker = MessageCoder()
    var unpacked: [String] = []
    let batch = MessageBatch()
    // Used again and again, so that what one message leaves behind would show in the next.
    var message = MessageRecord.blank
    func unpack() {
      analyzer.moveMessages(to: batch)
      batch.bytes.withBytes { bytes in
        var offset = 0
        while unpacker.decode(bytes, from: &offset, into: &message) { unpacked.append("\(message)") }
        #expect(offset == bytes.count && batch.longest <= bytes.count)
      }
      batch.removeAll()
    }
    for (index, packet) in recording.packets.enumerated() {
      analyzer.receive(
        packet.bytes.span.bytes, linkType: LinkType(rawValue: packet.linkType), wireLength: packet.originalLength,
        reference: PacketReference(capture: 0, number: index + 1, time: packet.time))
      if index % 10 == 9 { unpack() }
    }
    analyzer.finish()
    unpack()
    let events = analyzer.takeEvents().compactMap { if case .message(let message) = $0 { "\(message)" } else { nil } }
    return (events, unpacked)
  }

  @Test("names of sessions can be changed on the way")
  func renaming() {
    let at = PacketReference(capture: 0, number: 1, time: Timestamp(nanoseconds: 5))
    var message = MessageRecord.blank
    (message.at, message.firstPacket, message.connection, message.session) = (at, at, 3, 1)
    var coder = MessageCoder()
    var bytes = ByteBuffer()
    for sid in ["abcdef", "abcdef", "ghijkl"] {
      if sid == "ghijkl" { message.session = 2 }
      [].withUnsafeBytes { coder.encode(message, sid: sid, payload: $0, into: &bytes) }
    }
    var names: [String?] = []
    var asked = 0
    var unpacker = MessageCoder {
      asked += 1
      return String($0.prefix(3))
    }
    var read = MessageRecord.blank
    bytes.withBytes { bytes in
      var offset = 0
      while unpacker.decode(bytes, from: &offset, into: &read) { names.append(read.sid) }
    }
    #expect(names == ["abc", "abc", "ghi"])
    #expect(asked == 2)
  }

  @Test("of a message that is not all there yet, nothing is read")
  func cut() {
    let at = PacketReference(capture: 0, number: 1, time: Timestamp(nanoseconds: 5))
    let message = MessageRecord(
      at: at, firstPacket: at, connection: 3, leg: .only, sid: "abc", direction: .serverToClient, transport: .webSocket,
      opcode: .text, length: 5, frames: 1, isCompressed: false, isComplete: true, closeCode: nil, engineType: .message,
      socket: .init(type: .event, namespace: "/", event: "token", ackID: 7, attachments: 1), payload: [])
    var coder = MessageCoder()
    var bytes = ByteBuffer()
    Array("hello".utf8).withUnsafeBytes { coder.encode(message, sid: "abc", payload: $0, into: &bytes) }
    var read = MessageRecord.blank
    bytes.withBytes { whole in
      for length in 0..<whole.count {
        var unpacker = MessageCoder()
        var offset = 0
        let cut = UnsafeRawBufferPointer(rebasing: whole[..<length])
        let isRead = unpacker.decode(cut, from: &offset, into: &read)
        #expect(!isRead && offset == 0 && read.payload.isEmpty)
      }
      var unpacker = MessageCoder()
      var offset = 0
      let isRead = unpacker.decode(whole, from: &offset, into: &read)
      #expect(isRead && read.payload == Array("hello".utf8))
    }
  }
}
