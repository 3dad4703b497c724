import Glibc
import Testing

@testable import Capture

@Suite struct CaptureErrorTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func description(_ path: String) -> String? {
    let error = readAll(path).error
    #expect(error?.isFatal == true)
    return error.map { String($0.description.dropFirst(folder.path.count + 1)) }
  }

  @Test("what cannot be opened is said with what to do")
  func opening() throws {
    #expect(description(folder.path("missing")) == "missing: no such file")
    #expect(description(folder.path("missing/deeper")) == "missing/deeper: no such file")
    let empty = description(try folder.write([], as: "empty"))
    #expect(empty == "empty: empty file; a capture begins with a header, so capture again and stop it with Ctrl-C")
    let text = description(try folder.write(Array("{\"a\":1}".utf8), as: "text"))
    #expect(
      text == "text: not a capture file (starts with 7b 22 61 22); wstrace reads pcap and pcapng, also .gz and .zst")
    let short = description(try folder.write([0xd4], as: "short"))
    #expect(short == "short: not a capture file (starts with d4); wstrace reads pcap and pcapng, also .gz and .zst")
    #expect(readAll(folder.path).error?.description == "\(folder.path): is a directory; give a capture file")
  }

  @Test("a file that may not be read is said to be so", .enabled(if: geteuid() != 0))
  func permission() throws {
    let path = try folder.write(PcapBytes().bytes)
    chmod(path, 0)
    #expect(readAll(path).error?.kind == .permissionDenied)
  }

  @Test("a version that nobody reads is said in libpcap's words")
  func unsupported() throws {
    guard case .unsupported(let message) = readAll(try folder.write(PcapBytes(minor: 9).bytes)).error?.kind else {
      Issue.record("expected the version to be unsupported")
      return
    }
    #expect(!message.isEmpty)
  }

  @Test("control characters, line breaks and direction overrides of a name are escaped")
  func escaping() {
    let error = CaptureError(path: "a\u{1b}[31m\n\u{202e}\u{9b}é.pcap", .noSuchFile)
    #expect(error.description == "a\\u{1B}[31m\\n\\u{202E}\\u{009B}é.pcap: no such file")
  }

  @Test("places have their numbers grouped, and say what became of the packets before")
  func places() {
    let place = CaptureError.Place(record: 18231, offset: 12_413_952, isUnpacked: false)
    #expect(
      CaptureError(path: "capture.pcap", .cutOff(place)).description
        == "capture.pcap: cut off in record 18,231 (at byte 12,413,952); everything before it was analysed")
    let first = CaptureError.Place(record: 1, offset: 24, isUnpacked: true)
    #expect(
      CaptureError(path: "c", .cutOff(first)).description
        == "c: cut off in record 1 (at byte 24 of the unpacked data); no packet comes before it")
    #expect(CaptureError(path: "c", .cutOff(first)).isFatal == false)
    #expect(CaptureError(path: "c", .headerCutOff).isFatal)
  }

  @Test("errors leave no file open")
  func noLeak() throws {
    let path = try folder.write(Array("text".utf8))
    let before = dup(0)
    close(before)
    for _ in 0..<50 {
      _ = readAll(path)
      _ = readAll(folder.path)
      _ = readAll(path, ReaderOptions(engine: .libpcap))
    }
    let after = dup(0)
    close(after)
    #expect(after < before + 40)
  }
}
