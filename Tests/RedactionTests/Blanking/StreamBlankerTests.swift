import Bytes
import Packets
import TestSupport
import Testing

@testable import HTTP
@testable import Redaction

/// Blanks the bytes of both directions, in pieces, and gives what comes out.
private func blanked(
  _ pieces: [(Direction, [UInt8])], isMidStream: Bool = false, sizes: Int = .max
) -> Directional<[UInt8]> {
  let blanker = StreamBlanker(Marker(), isMidStream: isMidStream, hidesAddresses: false)
  for (direction, bytes) in pieces {
    for start in stride(from: 0, to: bytes.count, by: min(sizes, max(1, bytes.count))) {
      let piece = Array(bytes[start..<min(bytes.count, start + min(sizes, bytes.count))])
      blanker.receive(piece.span.bytes, direction)
    }
  }
  blanker.finish()
  var result = Directional<[UInt8]>(both: [])
  for direction in Direction.allCases {
    for run in blanker.take(direction) {
      #expect(run.offset == result[direction].count, "runs follow one another")
      result[direction] += run.bytes
    }
  }
  return result
}

private let request =
  "GET /socket.io/?EIO=4&transport=websocket&token=s3cr3t HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
  + "Connection: Upgrade\r\nCookie: io=s3cr3t\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
private let answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

struct StreamBlankerTests {
  @Test("heads keep framing and lose secrets, whatever the pieces", arguments: [1, 7, 64, Int.max])
  func heads(size: Int) {
    let out = blanked([(.clientToServer, Array(request.utf8)), (.serverToClient, Array(answer.utf8))], sizes: size)
    #expect(out.clientToServer.count == request.utf8.count)
    #expect(text(out.serverToClient) == answer)
    let head = text(out.clientToServer)
    #expect(!head.contains("s3cr3t"))
    #expect(head.contains("token=xxxxxx HTTP/1.1"))
    #expect(head.contains("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="))
  }

  @Test("messages keep headers, masks, types and event names", arguments: [1, 5, Int.max])
  func frames(size: Int) {
    let plain = #"42["prompt",{"text":"my sécret 💬"}]"#
    let frames = FrameBuilder.text(plain).masked().bytes + FrameBuilder.ping([1, 2]).masked().bytes
    let out = blanked(
      [
        (.clientToServer, Array(request.utf8)), (.serverToClient, Array(answer.utf8)), (.clientToServer, frames),
        (.serverToClient, FrameBuilder.text(#"42["token","secret"]"#).bytes),
      ], sizes: size)
    let sent = Array(out.clientToServer.dropFirst(request.utf8.count))
    #expect(sent.count == frames.count)
    #expect(sent.prefix(6) == frames.prefix(6))
    let unmasked = FrameBuilder(opcode: 1, payload: Array(sent[6..<6 + plain.utf8.count])).masked().bytes.suffix(
      plain.utf8.count)
    #expect(text(Array(unmasked)).hasPrefix(#"42["prompt",{"text":"xx"#))
    #expect(text(Array(unmasked)).hasSuffix(#"xxx💬"}]"#))
    #expect(text(Array(out.serverToClient.suffix(20))) == #"42["token","xxxxxx"]"#)
  }

  @Test("a message in fragments with a ping between is blanked as one")
  func fragments() {
    let whole = Array(#"42["token","secret words"]"#.utf8)
    let frames =
      FrameBuilder(opcode: 1, payload: Array(whole[..<14]), isFinal: false).bytes + FrameBuilder.ping([9]).bytes
      + FrameBuilder.continuation(Array(whole[14...]), isFinal: true).bytes
    let out = blanked([
      (.clientToServer, Array(request.utf8)), (.serverToClient, Array(answer.utf8)), (.serverToClient, frames),
    ])
    let sent = Array(out.serverToClient.dropFirst(answer.utf8.count))
    #expect(sent.count == frames.count)
    #expect(text(sent).contains(#"42["token","x"#))
    #expect(text(Array(sent.suffix(12))) == #"xxxxxxxxxx"]"#)
    #expect(sent[16...18] == [0x89, 1, Filler.byte])
  }

  @Test("what comes behind a hole within a frame is blanked too")
  func holes() {
    let blanker = StreamBlanker(Marker(), isMidStream: false, hidesAddresses: false)
    blanker.receive(Array(request.utf8).span.bytes, .clientToServer)
    blanker.receive(Array(answer.utf8).span.bytes, .serverToClient)
    let frame = FrameBuilder.text(#"42["token","first secret and second secret"]"#).bytes
    let next = FrameBuilder.text(#"42["token","third secret"]"#).bytes
    blanker.receive(Array(frame[..<20]).span.bytes, .serverToClient)
    blanker.receive(gap: 10, .serverToClient)
    blanker.receive((Array(frame[30...]) + next).span.bytes, .serverToClient)
    blanker.receive(gap: 100, .serverToClient)
    blanker.receive(next.span.bytes, .serverToClient)
    blanker.finish()
    let runs = blanker.take(.serverToClient)
    let all = text(runs.flatMap(\.bytes))
    #expect(!all.contains("secret"))
    #expect(all.hasSuffix(#"42["token","xxxxxxxxxxxx"]"#))
    #expect(
      runs.map { $0.offset + $0.bytes.count }.max() == answer.utf8.count + frame.count + next.count + 100 + next.count)
  }

  @Test("a long-polling payload keeps its packets; a plain page is filled")
  func bodies() {
    let body = Array("42[\"token\",\"a secret\"]\u{1e}2\u{1e}bAAECAwQ=".utf8)
    let poll = "GET /socket.io/?EIO=4&transport=polling&sid=abcdefghijkl HTTP/1.1\r\nHost: a\r\n\r\n"
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    let chunked = HTTPText.chunk(Array(body[..<9])) + HTTPText.chunk(Array(body[9...])) + Array("0\r\n\r\n".utf8)
    let page = "GET /index.html HTTP/1.1\r\nHost: a\r\n\r\n"
    let second = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret"
    let out = blanked([
      (.clientToServer, Array((poll + page).utf8)), (.serverToClient, Array(head.utf8) + chunked + Array(second.utf8)),
    ])
    #expect(out.serverToClient.count == head.utf8.count + chunked.count + second.utf8.count)
    let all = text(out.serverToClient)
    #expect(!all.contains("secret"))
    #expect(all.hasSuffix("\r\n\r\nxxxxxx"))
    #expect(all.contains("\u{1e}2\u{1e}bAAAAAAA="))
    #expect(!text(out.clientToServer).contains("abcdefghijkl"))
    #expect(text(out.clientToServer).contains("sid=abcdef"))
  }

  @Test("what is skipped behind a hole in a chunked body is no framing", arguments: [1, 9, Int.max])
  func skipped(size: Int) {
    let poll = "GET /socket.io/?EIO=4&transport=polling&sid=abcdefghijkl HTTP/1.1\r\nHost: a\r\n\r\n"
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    let lost = HTTPText.chunk(Array("deadbeefcafe1234".utf8))
    // The rest of a chunk whose beginning is missing, a chunk that is found again, and the next answer.
    let behind =
      Array("cafe5678\r\n".utf8) + HTTPText.chunk(Array("beef9999\r\n".utf8)) + Array("0\r\n\r\n".utf8)
    let next = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nfeed4321"
    let blanker = StreamBlanker(Marker(), isMidStream: false, hidesAddresses: false)
    blanker.receive(Array((poll + poll).utf8).span.bytes, .clientToServer)
    blanker.receive((Array(head.utf8) + HTTPText.chunk(Array("2".utf8))).span.bytes, .serverToClient)
    blanker.receive(gap: lost.count + 20, .serverToClient)
    let rest = behind + Array(next.utf8)
    for start in stride(from: 0, to: rest.count, by: min(size, rest.count)) {
      let piece = Array(rest[start..<min(rest.count, start + min(size, rest.count))])
      blanker.receive(piece.span.bytes, .serverToClient)
    }
    blanker.finish()
    let runs = blanker.take(.serverToClient)
    let all = text(runs.flatMap(\.bytes))
    for secret in ["cafe", "5678", "beef", "9999", "feed", "4321"] { #expect(!all.contains(secret), "\(all)") }
    let end = head.utf8.count + HTTPText.chunk(Array("2".utf8)).count + lost.count + 20 + rest.count
    #expect(runs.map { $0.offset + $0.bytes.count }.max() == end)
  }

  @Test("fields behind the last chunk are those of a head", arguments: [1, 9, Int.max])
  func trailers(size: Int) {
    let page = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    let fields = "0\r\nX-Auth-Token: deadbeef1234\r\nSet-Cookie: a=cafe5678\r\n\r\n"
    let next = "HTTP/1.1 204 No Content\r\n\r\n"
    let sent = Array(head.utf8) + HTTPText.chunk(Array("feed".utf8)) + Array((fields + next).utf8)
    let out = blanked([(.clientToServer, Array((page + page).utf8)), (.serverToClient, sent)], sizes: size)
    let all = text(out.serverToClient)
    #expect(out.serverToClient.count == sent.count)
    for secret in ["feed", "deadbeef", "1234", "cafe", "5678"] { #expect(!all.contains(secret), "\(all)") }
    #expect(all.contains("\r\n0\r\nX-Auth-Token: x") && all.hasSuffix("\r\n\r\n" + next), "\(all)")
  }

  @Test("Engine.IO 3 payloads keep their lengths")
  func engine3() {
    let body = Array(#"22:42["token","é💬secre"]1:2"#.utf8)
    var blanked = body
    PayloadBlanking(marker: Marker(), isFromClient: false, isVersion4: false).blank(&blanked)
    #expect(text(blanked) == #"22:42["token","×💬xxxxx"]1:2"#)
    var binary: [UInt8] = [0, 3, 0xff] + Array("4sx".utf8) + [1, 4, 0xff, 4, 9, 9, 9]
    PayloadBlanking(marker: Marker(), isFromClient: false, isVersion4: false).blank(&binary)
    #expect(binary == [0, 3, 0xff] + Array("4xx".utf8) + [1, 4, 0xff, 4, 0, 0, 0])
  }

  @Test("nothing of a tunnel that is no WebSocket is shown")
  func otherTunnels() {
    let upgrade = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
    let out = blanked([
      (.clientToServer, Array(upgrade.utf8)),
      (.serverToClient, Array("HTTP/1.1 101 X\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\n".utf8)),
      (.clientToServer, Array("plain secret".utf8)),
    ])
    #expect(!text(out.clientToServer).contains("secret"))
  }

  @Test("random bytes never trap, and every byte has its place", arguments: 0..<60)
  func random(seed: UInt64) {
    var generator = SystemRandomNumberGenerator()
    var bytes = Array(request.utf8) + FrameBuilder.text(#"42["a","b"]"#).masked().bytes
    for _ in 0..<Int.random(in: 1...20, using: &generator) {
      bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
    }
    let back = Array(answer.utf8) + FrameBuilder.text("4hello").bytes
    let out = blanked([(.clientToServer, bytes), (.serverToClient, back)], sizes: Int.random(in: 1...50))
    #expect(out.clientToServer.count == bytes.count)
    #expect(out.serverToClient.count == back.count)
  }
}
