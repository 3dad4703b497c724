import WebSocket

/// Group 5: fragmented messages, control frames between fragments, and fragments in the wrong place.
extension ConformanceCase {
  static let fragmentation: [ConformanceCase] =
    [
      ConformanceCase("5.1") { sendFragmentedControl(&$0, .ping) },
      ConformanceCase("5.2") { sendFragmentedControl(&$0, .pong) },
      ConformanceCase("5.15") { script in
        sendTwoFragments(&script)
        sendStray(&script, isFinal: false)
        script.sendWhole(.text, Array("fragment4".utf8))
      },
      ConformanceCase("5.16") { script in
        for _ in 0..<2 {
          sendStray(&script, isFinal: false)
          sendTwoFragments(&script)
        }
      },
      ConformanceCase("5.17") { script in
        for _ in 0..<2 {
          sendStray(&script, isFinal: true)
          sendTwoFragments(&script)
        }
      },
      ConformanceCase("5.18") { script in
        script.send(script.encoder.text("fragment1", isFinal: false))
        script.send(
          script.encoder.text("fragment2"), .broken(.interleavedDataFrame),
          .incomplete(.text, Array("fragment1".utf8), length: 9, flags: .unfinished), .text("fragment2"))
      },
      ConformanceCase("5.19") { sendFiveFragments(&$0) },
      ConformanceCase("5.20") { script in
        sendFiveFragments(&script)
        script.chop = 1
      },
    ]
    // Each three times: in one piece, frame by frame, and byte by byte.
    + [nil, 15, 1].enumerated().flatMap { index, chop in
      [
        chopped("5.\(3 + index)", chop) { sendTwoFragments(&$0) },
        chopped("5.\(6 + index)", chop) { script in
          script.send(script.encoder.text("fragment1", isFinal: false))
          script.sendWhole(.ping, Array("ping payload".utf8))
          script.send(script.encoder.continuation("fragment2"), .text("fragment1fragment2", frames: 2))
        },
        chopped("5.\(9 + index)", chop) { script in
          sendStray(&script, isFinal: true)
          script.sendWhole(.text, Array("Hello, world!".utf8))
        },
        chopped("5.\(12 + index)", chop) { script in
          sendStray(&script, isFinal: false)
          script.sendWhole(.text, Array("Hello, world!".utf8))
        },
      ]
    }

  private static func chopped(
    _ number: String, _ chop: Int?, _ write: @escaping @Sendable (inout Script) -> Void
  ) -> ConformanceCase {
    ConformanceCase(number) { script in
      write(&script)
      script.chop = chop
    }
  }

  /// A control frame "MUST NOT be fragmented"; what follows it continues nothing.
  private static func sendFragmentedControl(_ script: inout Script, _ opcode: Opcode) {
    let payload = Array("fragment1".utf8)
    script.send(
      script.encoder.frame(opcode, payload, isFinal: false), .broken(.controlFragmented),
      .message(opcode, payload, length: 9, frames: 1))
    script.send(script.encoder.continuation("fragment2"), .broken(.unexpectedContinuation))
  }

  private static func sendTwoFragments(_ script: inout Script) {
    script.send(script.encoder.text("fragment1", isFinal: false))
    script.send(script.encoder.continuation("fragment2"), .text("fragment1fragment2", frames: 2))
  }

  /// A continuation where there is nothing to continue.
  private static func sendStray(_ script: inout Script, isFinal: Bool) {
    script.send(
      script.encoder.continuation("non-continuation payload", isFinal: isFinal), .broken(.unexpectedContinuation))
  }

  private static func sendFiveFragments(_ script: inout Script) {
    script.send(script.encoder.text("fragment1", isFinal: false))
    script.send(script.encoder.continuation("fragment2", isFinal: false))
    script.sendWhole(.ping, Array("pongme 1!".utf8))
    script.send(script.encoder.continuation("fragment3", isFinal: false))
    script.send(script.encoder.continuation("fragment4", isFinal: false))
    script.sendWhole(.ping, Array("pongme 2!".utf8))
    script.send(
      script.encoder.continuation("fragment5"), .text("fragment1fragment2fragment3fragment4fragment5", frames: 5))
  }
}
