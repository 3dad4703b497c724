import Glibc
import Testing

@testable import Capture

/// A pipe whose reading end has a path, as `/dev/fd/…`.
private struct Pipe: ~Copyable {
  let reading: Int32
  private var writing: Int32

  init() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    (reading, writing) = (ends[0], ends[1])
  }

  deinit {
    close(reading)
    if writing >= 0 { close(writing) }
  }

  var path: String { "/dev/fd/\(reading)" }

  func write(_ bytes: [UInt8]) {
    let written = bytes.withUnsafeBytes { Glibc.write(writing, $0.baseAddress, $0.count) }
    #expect(written == bytes.count)
  }

  mutating func end() {
    close(takeWritingEnd())
  }

  /// Leaves the writing end to the caller.
  mutating func takeWritingEnd() -> Int32 {
    defer { writing = -1 }
    return writing
  }
}

@Suite(.serialized) struct PipeTests {
  private func packet(_ number: UInt8) -> [UInt8] {
    var file = PcapBytes()
    file.add(UInt32(number), 0, [number])
    return Array(file.bytes[24...])
  }

  private func expectNext(_ file: CaptureFile, _ number: UInt8) throws {
    #expect(try file.advance())
    #expect(file.withBytes { $0.withUnsafeBytes { [UInt8]($0) } } == [number])
  }

  /// Runs a body while standard input is another file.
  private func withStandardInput<Result>(_ descriptor: Int32, _ body: () -> Result) -> Result {
    let saved = dup(STDIN_FILENO)
    defer {
      dup2(saved, STDIN_FILENO)
      close(saved)
    }
    dup2(descriptor, STDIN_FILENO)
    return body()
  }

  @Test("packets come before the pipe ends", arguments: ReaderEngine.allCases)
  func streaming(engine: ReaderEngine) throws {
    var pipe = try Pipe()
    pipe.write(PcapBytes().bytes + packet(1))
    let file = try CaptureFile(path: pipe.path, index: 0, options: ReaderOptions(engine: engine))
    #expect(file.totalBytes == nil)
    try expectNext(file, 1)
    pipe.write(packet(2))
    try expectNext(file, 2)
    pipe.write(packet(3))
    pipe.end()
    try expectNext(file, 3)
    #expect(try !file.advance())
  }

  @Test("compressed packets come as soon as their block does")
  func streamingCompressed() throws {
    let pipe = try Pipe()
    pipe.write(gzip(PcapBytes().bytes + packet(1) + packet(2), flushing: true))
    let file = try CaptureFile(path: pipe.path, index: 0)
    try expectNext(file, 1)
    try expectNext(file, 2)
  }

  @Test("a record that comes in pieces is waited for, also where the pipe does not block")
  func pieces() async throws {
    var pipe = try Pipe()
    try #require(fcntl(pipe.reading, F_SETFL, O_NONBLOCK) == 0)
    let bytes = PcapBytes().bytes + packet(1) + packet(2)
    let writing = pipe.takeWritingEnd()
    let writer = Task.detached {
      for byte in bytes { _ = [byte].withUnsafeBytes { Glibc.write(writing, $0.baseAddress, 1) } }
      close(writing)
    }
    let packets = withStandardInput(pipe.reading) { readAll("-").packets }
    await writer.value
    #expect(packets.map(\.bytes) == [[1], [2]])
  }

  @Test("'-' is standard input")
  func standardInput() throws {
    var pipe = try Pipe()
    pipe.write(PcapBytes.threePackets().bytes.dropLast())
    pipe.end()
    let read = withStandardInput(pipe.reading) { readAll("-") }
    #expect(read.packets.count == 2)
    #expect(
      read.error?.description
        == "standard input: cut off in record 3 (at byte 59); everything before it was analysed")
    #expect(fcntl(STDIN_FILENO, F_GETFD) >= 0)
  }
}
