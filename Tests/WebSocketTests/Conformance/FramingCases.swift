import WebSocket

/// Groups 1, 2 and 10: messages and control frames of any length.
extension ConformanceCase {
  static let framing: [ConformanceCase] = messages + pings

  private static let messages: [ConformanceCase] =
    messages(group: 1, .text, of: 0x2a) + messages(group: 2, .binary, of: 0xfe)

  private static func messages(group: Int, _ opcode: Opcode, of byte: UInt8) -> [ConformanceCase] {
    [0, 125, 126, 127, 128, 65535, 65536, 65536].enumerated().map { index, length in
      ConformanceCase("1.\(group).\(index + 1)") { script in
        script.sendWhole(opcode, [UInt8](repeating: byte, count: length))
        if index == 7 { script.chop = 997 }
      }
    }
  }

  private static let longest = [UInt8](repeating: 0xfe, count: 125)

  private static let pings: [ConformanceCase] = [
    ConformanceCase("2.1") { $0.sendWhole(.ping, []) },
    ConformanceCase("2.2") { $0.sendWhole(.ping, Array("Hello, world!".utf8)) },
    ConformanceCase("2.3") { $0.sendWhole(.ping, [0x00, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0x00, 0xff]) },
    ConformanceCase("2.4") { $0.sendWhole(.ping, longest) },
    ConformanceCase("2.5") { script in
      let tooLong = longest + [0xfe]
      script.send(
        script.encoder.frame(.ping, tooLong), .broken(.controlTooLong),
        .message(.ping, tooLong, length: 126, frames: 1))
    },
    ConformanceCase("2.6") { script in
      script.sendWhole(.ping, longest)
      script.chop = 1
    },
    ConformanceCase("2.7") { $0.sendWhole(.pong, []) },
    ConformanceCase("2.8") { $0.sendWhole(.pong, Array("unsolicited pong payload".utf8)) },
    ConformanceCase("2.9") { script in
      script.sendWhole(.pong, Array("unsolicited pong payload".utf8))
      script.sendWhole(.ping, Array("ping payload".utf8))
    },
    ConformanceCase("2.10") { sendTenPings(&$0) },
    ConformanceCase("2.11") { script in
      sendTenPings(&script)
      script.chop = 1
    },
  ]

  private static func sendTenPings(_ script: inout Script) {
    for index in 0..<10 { script.sendWhole(.ping, Array("payload-\(index)".utf8)) }
  }

  static let manyFragments = [
    ConformanceCase("10.1.1") { $0.sendFragments(.text, [UInt8](repeating: 0x2a, count: 65536), of: 1300) }
  ]
}
