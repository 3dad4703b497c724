import Bytes
import HTTP
import Packets
import WebSocket

/// Blanks both directions of a TCP connection, byte for byte in the same places.
///
/// Heads of HTTP, chunk sizes, frame headers, packet types, event names and brackets stay; what people and programs
/// said to each other becomes filler of the same length. What is not understood is filled whole.
package final class StreamBlanker {
  private let marker: Marker
  private let heads: HeadBlanking
  private var dialogue: Dialogue?
  private var sides: Directional<BlankedSide>
  /// The upgrade's Engine.IO query, and the polls by exchange.
  private var isEngineIO = true
  private var isWebSocket = true
  private var polls: [Int: Bool] = [:]
  private let isMidStream: Bool
  private var hasBegun = false

  /// Bytes of a head or of chunk framing that are kept until they are understood.
  private static let longestCarry = 1 << 20

  /// - Parameters:
  ///   - marker: makes the disguises of session names.
  ///   - isMidStream: whether the connection was under way when the capture began.
  ///   - hidesAddresses: whether addresses in heads are filled too.
  package init(_ marker: Marker, isMidStream: Bool, hidesAddresses: Bool) {
    self.marker = marker
    self.isMidStream = isMidStream
    heads = HeadBlanking(marker: marker, hidesAddresses: hidesAddresses)
    sides = Directional(both: BlankedSide())
  }

  /// The bytes that are known since the last call, in order.
  package func take(_ direction: Direction) -> [BlankedRun] { sides[direction].queue.take() }

  /// Takes in-order bytes of a direction.
  package func receive(_ bytes: RawSpan, _ direction: Direction) {
    guard bytes.byteCount > 0 else { return }
    if !hasBegun { begin(bytes) }
    if sides[direction].frames != nil { return sides[direction].receiveFrames(bytes) }
    guard dialogue != nil, !sides[direction].isOpaque else { return fill(bytes, direction) }
    read(bytes, direction)
  }

  private func begin(_ bytes: RawSpan) {
    hasBegun = true
    let looksLikeText = UInt8(ascii: "A")...UInt8(ascii: "Z") ~= bytes.byte(at: 0)
    guard isMidStream, !looksLikeText, let header = try? FrameHeader(parsing: bytes), !header.opcode.isReserved,
      !header.rsv2, !header.rsv3
    else {
      dialogue = Dialogue(midStream: isMidStream)
      return
    }
    openFrames(isEngineIO: true)
  }

  private func openFrames(isEngineIO: Bool) {
    for direction in Direction.allCases {
      sides[direction].frames = FrameBlanking(direction, marker: marker, isEngineIO: isEngineIO)
    }
    dialogue = nil
  }

  /// Of TLS and HTTP/2 the first bytes stay, by which they are known; the rest is filled.
  private func fill(_ bytes: RawSpan, _ direction: Direction) {
    var filled = [UInt8](repeating: 0, count: bytes.byteCount)
    let kept = min(max(0, 6 - sides[direction].opaqueCount), filled.count)
    for index in 0..<kept { filled[index] = bytes.byte(at: index) }
    sides[direction].opaqueCount += filled.count
    sides[direction].queue.append(filled)
  }

  private func read(_ bytes: RawSpan, _ direction: Direction) {
    var offset = 0
    var placed = 0
    while let event = dialogue?.next(bytes, from: &offset, direction: direction) {
      if take(event, bytes, &placed, offset, direction) { return }
    }
    sides[direction].carry += bytes.copy(min(placed, bytes.byteCount)..<bytes.byteCount)
    if sides[direction].carry.count > StreamBlanker.longestCarry { releaseCarry(direction) }
  }

  /// Takes an event of the dialogue; true where the rest of the bytes was dealt with.
  private func take(
    _ event: Dialogue.Event, _ bytes: RawSpan, _ placed: inout Int, _ offset: Int, _ direction: Direction
  ) -> Bool {
    switch event {
    case .request(let head, let exchange):
      placeHead(head.byteCount, bytes, &placed, offset, direction)
      note(head, exchange)
      sides[direction].body = BodyBlanking(
        .init(isVersion4: polls[exchange], isFromClient: true, codings: head.fields.contentCodings))
    case .response(let head, let exchange):
      placeHead(head.byteCount, bytes, &placed, offset, direction)
      sides[direction].body = BodyBlanking(
        .init(
          isVersion4: polls[exchange], isFromClient: false, status: head.status, codings: head.fields.contentCodings))
    case .interim(let head, _): placeHead(head.byteCount, bytes, &placed, offset, direction)
    case .body(let range, _):
      placeFraming(bytes, placed..<range.lowerBound, direction)
      placeBody(bytes.extracting(range), direction)
      placed = range.upperBound
    case .end: endBody(direction)
    case .tunnel:
      tunnel(bytes, min(placed, offset), direction)
      return true
    case .encrypted, .http2Preface, .notHTTP:
      return becomeOpaque(bytes, placed, direction)
    case .skipped:
      // What belongs to no message is no framing: its digits may be anyone's secret.
      releaseCarry(direction)
      sides[direction].queue.append([UInt8](repeating: Filler.byte, count: max(0, offset - placed)))
      placed = max(placed, offset)
    case .trailers: placeTrailers(bytes, &placed, offset, direction)
    case .heldBack, .heldBackLimit, .proxyProtocol, .fault, .lost: break
    }
    return false
  }

  private func becomeOpaque(_ bytes: RawSpan, _ placed: Int, _ direction: Direction) -> Bool {
    for side in Direction.allCases { sides[side].isOpaque = true }
    let all = sides[direction].carry + bytes.copy(placed..<bytes.byteCount)
    sides[direction].carry = []
    fill(all.span.bytes, direction)
    return true
  }

  private func note(_ head: RequestHead, _ exchange: Int) {
    if head.queryValue("transport") == "polling" { polls[exchange] = head.queryValue("EIO") == "4" }
    if head.fields["upgrade"] != nil || head.method == "CONNECT" {
      isWebSocket = head.fields.hasToken("websocket", in: "upgrade")
      isEngineIO = head.queryValue("EIO") != nil || head.queryValue("transport") == "websocket"
    }
  }

  /// Puts a head out that ends at an offset; what stands before it is framing.
  private func placeHead(
    _ count: Int, _ bytes: RawSpan, _ placed: inout Int, _ offset: Int, _ direction: Direction
  ) {
    let pending = sides[direction].carry + bytes.copy(placed..<offset)
    sides[direction].carry = []
    placed = offset
    let start = max(0, pending.count - count)
    sides[direction].queue.append(StreamBlanker.framing(Array(pending[..<start])))
    var head = Array(pending[start...])
    heads.blank(&head)
    sides[direction].queue.append(head)
  }

  /// Puts out the last chunk's line and the trailer section that ends at an offset (RFC 9112 section 7.1.2): its fields are
  /// like those of a head.
  private func placeTrailers(_ bytes: RawSpan, _ placed: inout Int, _ offset: Int, _ direction: Direction) {
    let pending = sides[direction].carry + bytes.copy(placed..<offset)
    sides[direction].carry = []
    placed = offset
    let line = pending.drop { $0 == 0x0d || $0 == 0x0a }
    let end = line.first == UInt8(ascii: "0") ? line.firstIndex(of: 0x0a).map { $0 + 1 } ?? pending.count : 0
    sides[direction].queue.append(StreamBlanker.framing(Array(pending[..<end])))
    var head = StreamBlanker.statusLine + pending[end...]
    heads.blank(&head)
    sides[direction].queue.append(Array(head.dropFirst(StreamBlanker.statusLine.count)))
  }

  /// What makes a head of fields.
  private static let statusLine = Array("HTTP/1.1 200 OK\r\n".utf8)

  private func placeFraming(_ bytes: RawSpan, _ range: Range<Int>, _ direction: Direction) {
    let pending = sides[direction].carry + bytes.copy(range)
    sides[direction].carry = []
    sides[direction].queue.append(StreamBlanker.framing(pending))
  }

  /// Sizes of chunks and line breaks stay; extensions are filled.
  private static func framing(_ bytes: [UInt8]) -> [UInt8] {
    var isExtension = false
    return bytes.map { byte in
      if byte == 0x0a || byte == 0x0d {
        isExtension = false
        return byte
      }
      let isDigit =
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte | 0x20
      if byte == UInt8(ascii: ";") { isExtension = true }
      return isDigit && !isExtension || byte == UInt8(ascii: ";") ? byte : Filler.byte
    }
  }

  private func placeBody(_ bytes: RawSpan, _ direction: Direction) {
    guard sides[direction].body != nil, sides[direction].queue.owed <= BodyBlanking.longest else {
      endBody(direction)
      sides[direction].queue.append([UInt8](repeating: Filler.byte, count: bytes.byteCount))
      return
    }
    sides[direction].body?.bytes += bytes.copy()
    sides[direction].queue.owe(bytes.byteCount)
  }

  private func endBody(_ direction: Direction) {
    if let body = sides[direction].body, !body.bytes.isEmpty { sides[direction].queue.settle(body.blanked(marker)) }
    sides[direction].body = nil
  }

  /// The 101: what follows in both directions are frames, also what the client sent before it.
  private func tunnel(_ bytes: RawSpan, _ placed: Int, _ direction: Direction) {
    for side in Direction.allCases { endBody(side) }
    guard isWebSocket else {
      _ = becomeOpaque(bytes, placed, direction)
      return
    }
    openFrames(isEngineIO: isEngineIO)
    for side in Direction.allCases {
      let carried = sides[side].carry
      sides[side].carry = []
      if side == direction {
        let rest = carried + bytes.copy(placed..<bytes.byteCount)
        sides[side].receiveFrames(rest.span.bytes)
      } else if !carried.isEmpty {
        sides[side].receiveFrames(carried.span.bytes)
      }
    }
  }

  /// Fills what could not be understood in time.
  private func releaseCarry(_ direction: Direction) {
    let carry = sides[direction].carry
    sides[direction].carry = []
    if !carry.isEmpty { sides[direction].queue.append([UInt8](repeating: Filler.byte, count: carry.count)) }
  }

  /// Passes over bytes that the capture misses.
  package func receive(gap: Int, _ direction: Direction) {
    guard gap > 0 else { return }
    if sides[direction].frames != nil {
      sides[direction].receiveFrames(gap: gap)
      return
    }
    releaseCarry(direction)
    endBodyAtGap(direction)
    sides[direction].queue.skip(gap)
    while let event = dialogue?.receive(gap: gap, direction: direction) {
      if case .lost = event { break }
    }
  }

  /// What came of a body before a hole is settled; what comes behind it is filled.
  private func endBodyAtGap(_ direction: Direction) {
    if sides[direction].body != nil { endBody(direction) }
  }

  /// Says that the connection is over.
  package func finish() {
    for direction in Direction.allCases {
      endBody(direction)
      releaseCarry(direction)
      sides[direction].finishFrames()
    }
  }
}
