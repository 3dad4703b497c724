import WebSocket

/// Group 6: texts that are UTF-8, and others that are not.
extension ConformanceCase {
  static let utf8: [ConformanceCase] = emptyFragments + fragmentedTexts + failFast + texts

  private static let emptyFragments: [ConformanceCase] = [
    ConformanceCase("6.1.1") { $0.sendWhole(.text, []) },
    ConformanceCase("6.1.2") { script in
      script.send(script.encoder.text("", isFinal: false))
      script.send(script.encoder.continuation("", isFinal: false))
      script.send(script.encoder.continuation(""), .text("", frames: 3))
    },
    ConformanceCase("6.1.3") { script in
      script.send(script.encoder.text("", isFinal: false))
      script.send(script.encoder.continuation("middle frame payload", isFinal: false))
      script.send(script.encoder.continuation(""), .text("middle frame payload", frames: 3))
    },
  ]

  private static let greeting = Array("Hello-µ@ßöäüàá-UTF-8!!".utf8)
  private static let invalid = Texts.kosme + [0xed, 0xa0, 0x80] + Array("edited".utf8)

  private static let fragmentedTexts: [ConformanceCase] = [
    ConformanceCase("6.2.1") { $0.sendWhole(.text, greeting) },
    // The fragments end with a whole character.
    ConformanceCase("6.2.2") { $0.sendFragments(.text, greeting, of: 12) },
    ConformanceCase("6.2.3") { $0.sendFragments(.text, greeting, of: 1) },
    ConformanceCase("6.2.4") { $0.sendFragments(.text, Texts.kosme, of: 1) },
    ConformanceCase("6.3.1") { sendInvalid(&$0, invalid, in: [invalid.count]) },
    ConformanceCase("6.3.2") { sendInvalid(&$0, invalid, in: [Int](repeating: 1, count: invalid.count)) },
  ]

  /// The text is wrong from its 13th byte on: the end of a fragment, its middle, and within one frame in pieces.
  private static let failFast: [ConformanceCase] = {
    let text = Texts.kosme + [0xf4, 0x90, 0x80, 0x80] + Array("edited".utf8)
    return [
      ConformanceCase("6.4.1") { sendInvalid(&$0, text, in: [11, 4, 6]) },
      ConformanceCase("6.4.2") { sendInvalid(&$0, text, in: [12, 1, 8]) },
      ConformanceCase("6.4.3") { script in
        sendInvalid(&script, text, in: [21])
        script.chop = 11
      },
      ConformanceCase("6.4.4") { script in
        sendInvalid(&script, text, in: [21])
        script.chop = 12
      },
    ]
  }()

  private static let texts: [ConformanceCase] = Texts.groups.flatMap { group, texts in
    texts.enumerated().map { index, text in
      ConformanceCase("6.\(group).\(index + 1)") { script in
        if text.isValid {
          script.sendWhole(.text, text.bytes)
        } else {
          sendInvalid(&script, text.bytes, in: [text.bytes.count])
        }
      }
    }
  }

  /// A text that is not UTF-8, in frames of the lengths given.
  private static func sendInvalid(_ script: inout Script, _ text: [UInt8], in lengths: [Int]) {
    var start = 0
    for length in lengths {
      script.send(
        script.encoder.frame(
          start == 0 ? .text : .continuation, Array(text[start..<start + length]), isFinal: start + length == text.count
        ))
      start += length
    }
    script.facts += [.broken(.invalidUTF8), .message(.text, text, length: text.count, frames: lengths.count)]
  }
}
