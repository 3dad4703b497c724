import Packets
import TestSupport
import Testing

/// The page in a real browser: `make setup` installs Chromium and Playwright, else these are skipped.
@Suite(
  .enabled(if: Browser.isThere, "Chromium, .build/browser (make setup) or a built wstrace is missing"), .serialized)
struct BrowserTests {
  @Test(
    "a page opens without a complaint, draws every message and names the fault on its first screen",
    arguments: [
      ("stalled-pause-12s.pcap", "stalled-stream", 446), ("rst-after-upgrade.pcap", "missing-101", 98),
      ("buffering-1500ms-both-legs.pcap", "buffering-delay", 464), ("connect-refused.pcap", "connect-refused", 0),
      ("missing-101-no-upgrade-headers.pcap", "upgrade-header-stripped", 280),
    ])
  func opens(name: String, fault: String, marks: Int) throws {
    let sight = try Browser.look(at: PackageRoot.captures + "/" + name)
    #expect(sight.console == [])
    #expect(sight.requests.allSatisfy { $0.hasPrefix("file://") && $0.hasSuffix("/report.html") })
    #expect(sight.marks == marks)
    #expect(sight.firstScreen.first == fault)
    #expect(sight.axe.values.allSatisfy { $0.isEmpty }, "\(sight.axe)")
    #expect(sight.overflow <= 0)
    #expect(sight.images == 0)
    #expect(sight.zooms == true && sight.pans == true && sight.resets == true && sight.wheelZooms == true)
  }

  @Test("the first screen names the root cause of every faulty recording, on a laptop and on a telephone")
  func firstScreens() throws {
    let recordings = FaultyRecording.all
    let screens = try Browser.firstScreens(of: recordings.map(\.path))
    try #require(screens.count == recordings.count)
    for (recording, sizes) in zip(recordings, screens) {
      for names in sizes {
        #expect(recording.causes.contains { names.contains($0) }, "\(recording): \(recording.causes), not \(names)")
      }
    }
  }

  @Test("messages are filtered, shown, opened and copied, by pointer and by keys")
  func works() throws {
    let sight = try Browser.look(at: PackageRoot.captures + "/stalled-pause-12s.pcap")
    let filters = try #require(sight.filters)
    #expect(filters.reduce(0, +) == sight.marks)
    #expect(filters.allSatisfy { $0 > 0 })
    #expect(sight.hover?.contains("packet") == true)
    #expect(sight.detail?.contains("frame.number == ") == true)
    #expect(sight.copied?.hasPrefix("frame.number == ") == true)
    #expect(sight.closes == true)
    #expect(sight.keyboardOpens == true)
  }

  @Test("hostile content is shown as text")
  func hostile() throws {
    let folder = try TemporaryFolder()
    let capture = try folder.write(
      HostileCapture.bytes, as: "</title><script>pwned=1</script>.pcap".replacing("/", with: "_"))
    let sight = try Browser.look(at: capture, options: ["--no-redact"])
    #expect(!sight.pwned)
    #expect(sight.dialogs == 0)
    #expect(sight.console == [])
    // The facts, the messages' data that is taken away again, and the page's own.
    #expect(sight.scripts == 2)
    #expect(sight.images == 0)
    #expect(sight.axe.values.allSatisfy { $0.isEmpty }, "\(sight.axe)")
  }
}

/// A conversation that tries everything on who shows it.
enum HostileCapture {
  static let texts = [
    "</script><script>pwned=1</script>", "<img src=x onerror=pwned=1>", "\u{1b}[31mred\u{1b}]0;title\u{7}",
    "\u{202e}gnp.exe", "**bold** [link](javascript:pwned=1) | cell | `code` ```", "--> <!-- &lt; &amp; ]]>",
    "%%{init: {}}%%\nend\nNote over C,S: x", String(repeating: "A", count: 1_000_000),
  ]

  static var bytes: [UInt8] {
    var chat = Conversation()
    chat.handshake()
    chat.upgrade()
    chat.open(sid: "</script><b>sid")
    for text in texts {
      let quoted = quote(text)
      chat.send(.clientToServer, text: "42[\(quote(String(text.prefix(60)))),\(quoted)]")
      chat.send(.serverToClient, text: "42[\"token\",\(quoted)]", after: .milliseconds(50))
    }
    chat.reset(by: .serverToClient)
    return chat.pcap()
  }

  private static func quote(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
