import WebSocket

/// Group 7: the end of a conversation.
extension ConformanceCase {
  static let closing: [ConformanceCase] = order + bodies + validCodes + invalidCodes + unregisteredCodes

  private static let order: [ConformanceCase] = [
    ConformanceCase("7.1.1") { script in
      script.sendWhole(.text, Array("Hello World!".utf8))
      sendClose(&script)
    },
    ConformanceCase("7.1.2") { script in
      sendClose(&script)
      sendClose(&script)
    },
    ConformanceCase("7.1.3") { script in
      sendClose(&script)
      script.sendWhole(.ping, [])
    },
    ConformanceCase("7.1.4") { script in
      sendClose(&script)
      script.send(
        script.encoder.text("Hello World!"), .violation(.dataAfterClose, tolerated: true), .text("Hello World!"))
    },
    ConformanceCase("7.1.5") { script in
      script.send(script.encoder.text("fragment1", isFinal: false))
      sendClose(&script)
      script.send(
        script.encoder.continuation("fragment2"), .violation(.dataAfterClose, tolerated: true),
        .text("fragment1fragment2", frames: 2))
    },
    ConformanceCase("7.1.6") { script in
      script.sendWhole(.text, [UInt8](repeating: 0x42, count: 256 << 10))
      sendClose(&script)
      script.sendWhole(.ping, [])
    },
  ]

  private static let bodies: [ConformanceCase] = [
    ConformanceCase("7.3.1") { script in script.send(script.encoder.close(), .close(nil, [])) },
    ConformanceCase("7.3.2") { script in
      script.send(script.encoder.frame(.close, [0x61]), .broken(.closePayloadLength1), .close(nil, []))
    },
    ConformanceCase("7.3.3") { sendClose(&$0) },
    ConformanceCase("7.3.4") { sendClose(&$0, 1000, Array("Hello World!".utf8)) },
    ConformanceCase("7.3.5") { sendClose(&$0, 1000, [UInt8](repeating: 0x2a, count: 123)) },
    ConformanceCase("7.3.6") { script in
      script.facts.append(.broken(.controlTooLong))
      sendClose(&script, 1000, [UInt8](repeating: 0x2a, count: 124))
    },
    ConformanceCase("7.5.1") { script in
      script.facts.append(.broken(.closeReasonUTF8))
      sendClose(&script, 1000, Texts.kosme + [0xed, 0xa0, 0x80] + Array("edited".utf8))
    },
  ]

  private static let validCodes: [ConformanceCase] =
    numbered("7.7", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999]) { code, script in
      sendClose(&script, code)
    }

  private static let invalidCodes: [ConformanceCase] =
    numbered("7.9", [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999]) { code, script in
      // From 1016 on no document forbids them: peers differ.
      script.facts.append(.violation(.closeCodeInvalid, tolerated: code > 1015))
      sendClose(&script, code)
    }

  private static let unregisteredCodes: [ConformanceCase] =
    numbered("7.13", [5000, 65535]) { code, script in
      script.facts.append(.violation(.closeCodeInvalid, tolerated: true))
      sendClose(&script, code)
    }

  private static func numbered(
    _ group: String, _ codes: [UInt16], _ write: @escaping @Sendable (UInt16, inout Script) -> Void
  ) -> [ConformanceCase] {
    codes.enumerated().map { index, code in
      ConformanceCase("\(group).\(index + 1)") { write(code, &$0) }
    }
  }

  private static func sendClose(_ script: inout Script, _ code: UInt16 = 1000, _ reason: [UInt8] = []) {
    script.send(script.encoder.close(code, reason), .close(code, reason))
  }
}
