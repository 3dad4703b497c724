import WebSocket

/// Groups 3 and 4: reserved bits and opcodes.
extension ConformanceCase {
  static let reserved: [ConformanceCase] = bits + dataOpcodes + controlOpcodes

  private static let hello = Array("Hello, world!".utf8)

  private static func sendReserved(_ script: inout Script, _ opcode: Opcode, _ payload: [UInt8], rsv: UInt8) {
    script.send(
      script.encoder.frame(opcode, payload, rsv: rsv), .broken(.rsvBits),
      .message(opcode, payload, length: payload.count, frames: 1))
  }

  private static let bits: [ConformanceCase] = [
    ConformanceCase("3.1") { sendReserved(&$0, .text, hello, rsv: 1) },
    ConformanceCase("3.2") { sendBetween(&$0, rsv: 2, chop: nil) },
    ConformanceCase("3.3") { sendBetween(&$0, rsv: 3, chop: 19) },
    ConformanceCase("3.4") { sendBetween(&$0, rsv: 4, chop: 1) },
    ConformanceCase("3.5") { sendReserved(&$0, .binary, [0x00, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0x00, 0xff], rsv: 5) },
    ConformanceCase("3.6") { sendReserved(&$0, .ping, hello, rsv: 6) },
    ConformanceCase("3.7") { script in
      script.send(script.encoder.frame(.close, rsv: 7), .broken(.rsvBits), .close(nil, []))
    },
  ]

  /// A message, one with reserved bits, and a ping.
  private static func sendBetween(_ script: inout Script, rsv: UInt8, chop: Int?) {
    script.sendWhole(.text, hello)
    sendReserved(&script, .text, hello, rsv: rsv)
    script.sendWhole(.ping, [])
    script.chop = chop
  }

  private static let dataOpcodes = opcodes(group: 1, from: 3)
  private static let controlOpcodes = opcodes(group: 2, from: 11)

  /// The first reserved opcode comes by itself, the second with a payload, the others after a message and before a ping.
  private static func opcodes(group: Int, from first: UInt8) -> [ConformanceCase] {
    (0..<5).map { index in
      ConformanceCase("4.\(group).\(index + 1)") { script in
        let payload = index == 0 ? [] : Array("reserved opcode payload".utf8)
        if index > 1 { script.sendWhole(.text, hello) }
        script.send(script.encoder.frame(Opcode(rawValue: first + UInt8(index)), payload), .broken(.reservedOpcode))
        if index > 1 { script.sendWhole(.ping, []) }
        if index == 4 { script.chop = 1 }
      }
    }
  }
}
