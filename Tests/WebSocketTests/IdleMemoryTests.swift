import Glibc
import Packets
import Testing
import WebSocket

/// What quiet connections cost.
@Suite struct IdleMemoryTests {
  // A process of its own, so that no other test's memory is measured.
  @Test("a thousand idle compressed connections take less than 20 MB")
  func compressed() async {
    await #expect(processExitsWith: .success) {
      let messages = IdleMemoryTests.deflatedMessages()
      var scratch = Scratch()
      var decoders: [MessageDecoder] = []
      let before = IdleMemoryTests.residentBytes()
      for index in 0..<2000 {
        let direction: Direction = index.isMultiple(of: 2) ? .clientToServer : .serverToClient
        var decoder = MessageDecoder(
          direction: direction, deflate: DeflateParameters(), limits: WebSocketLimits(payload: 0))
        for message in messages[direction] {
          var offset = 0
          while decoder.next(message.span.bytes, from: &offset, scratch: &scratch) != nil {}
        }
        decoder.releaseIdleState()
        decoders.append(decoder)
      }
      let used = IdleMemoryTests.residentBytes() - before
      guard decoders.allSatisfy({ $0.messages.binary == 50 && $0.messages.bytes > 32 << 10 }) else { exit(1) }
      let message = "\(used) bytes for 1000 connections, \(decoders[0].messages)\n"
      _ = write(2, message, message.utf8.count)
      exit(used < 20_000_000 ? 0 : 2)
    }
  }

  /// So many messages with differing JSON that the window is full.
  private static func deflatedMessages() -> Directional<[[UInt8]]> {
    func messages(_ direction: Direction) -> [[UInt8]] {
      let encoder = FrameEncoder(direction: direction)
      let deflater = Deflater()
      let noise = Content.noise.payload(40_000)
      return (0..<50).map { number -> [UInt8] in
        var text: [UInt8] = []
        for event in number * 20..<number * 20 + 20 {
          text += Array("42[\"token\",{\"id\":\(event),\"text\":\"".utf8)
          for byte in noise[event * 12..<event * 12 + 6] { text.append(0x61 + byte % 26) }
          text += Array("\"}]".utf8)
        }
        return encoder.frame(.binary, deflater.message(text), rsv: 4)
      }
    }
    return Directional(clientToServer: messages(.clientToServer), serverToClient: messages(.serverToClient))
  }

  /// The process's resident memory.
  private static func residentBytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard fgets(&line, 128, file) != nil else { return 0 }
    let fields = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self).split(
      separator: " ")
    return (Int(fields[1]) ?? 0) * Int(getpagesize())
  }
}
