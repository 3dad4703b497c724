import Bytes
import Packets
import Streams

/// What is remembered of one capture in order to compare it with others: which connections it has, and when it saw what.
///
/// Give it each packet of the capture. Memory is bounded: connections beyond the limit are not compared, and sightings are
/// thinned out.
package struct CaptureSurvey {
  /// Connections remembered: those of hours on a busy proxy, in some 30 MB.
  static let mostFlows = 131_072

  private(set) var flows: [FlowEnds: SeenFlow] = [:]
  private(set) var packets = SightingSample()
  private(set) var messages = SightingSample()
  private(set) var first: Timestamp?
  private(set) var last = Timestamp(nanoseconds: .min)
  private let ports: PortSelection
  private var decoder = PacketDecoder()
  private var segment = Segment()

  package init(ports: PortSelection) { self.ports = ports }

  /// Notes one packet; the parameters are those of `Analyzer.receive`.
  package mutating func receive(
    _ frame: RawSpan, linkType: LinkType, wireLength: Int, reference: PacketReference
  ) {
    if first == nil { first = reference.time }
    last = max(last, reference.time)
    switch decoder.decode(frame, linkType: linkType, wireLength: wireLength, reference: reference, into: &segment) {
    case .segment: note(frame)
    case .reassembled(let datagram): note(datagram.span.bytes)
    case .otherTransport, .fragment, .skipped: break
    }
  }

  private mutating func note(_ bytes: RawSpan) {
    guard ports.contains(segment.source.port) || ports.contains(segment.destination.port) else { return }
    var isFromLow = false
    let ends = FlowEnds(segment, isFromLow: &isFromLow)
    guard flows[ends] != nil || flows.count < CaptureSurvey.mostFlows else { return }
    flows[ends, default: SeenFlow()].add(segment, isFromLow: isFromLow)
    packets.add(
      segment.identity,
      PacketSighting(
        time: segment.reference.time, route: .hosts(ends.low.address, ends.high.address), isFromLow: isFromLow))
    if !segment.payload.isEmpty { noteMessage(bytes.extracting(segment.payload), ends, isFromLow: isFromLow) }
  }

  /// Notes an upgrade, its answer, and what follows: a tunnelling proxy passes these bytes on unchanged.
  private mutating func noteMessage(_ payload: RawSpan, _ ends: FlowEnds, isFromLow: Bool) {
    let sequence = segment.tcp.sequence
    if payload.starts(with: "GET "), let key = UpgradeKey.hash(in: payload) {
      flows[ends]?.upgrade = SeenUpgrade(
        key: key, isLowClient: isFromLow, clientStart: sequence.advanced(by: segment.payloadLength))
      return add(key, key, isFromClient: true)
    }
    guard let upgrade = flows[ends]?.upgrade else { return }
    let isFromClient = isFromLow == upgrade.isLowClient
    if let serverStart = upgrade.serverStart {
      let offset = (isFromClient ? upgrade.clientStart : serverStart).distance(to: sequence) + segment.payloadLength
      guard offset > 0, segment.payload.count == segment.payloadLength else { return }
      // Proxies cut and join segments, so that only their ends agree: by their place in the stream, and the bytes there.
      let tail = payload.extracting(max(0, payload.byteCount - CaptureSurvey.tail)..<payload.byteCount)
      let content = ContentPairing.hash(tail, isFromClient ? .clientToServer : .serverToClient)
      let place = (upgrade.key ^ UInt64(truncatingIfNeeded: offset)) &* 0x9e37_79b9_7f4a_7c15
      add((place ^ content) &* 0xd1b5_4a32_d192_ed03, upgrade.key, isFromClient: isFromClient)
    } else if !isFromClient, payload.starts(with: "HTTP/1."), let end = UpgradeKey.endOfHead(in: payload) {
      flows[ends]?.upgrade?.serverStart = sequence.advanced(by: end)
      add(~upgrade.key, upgrade.key, isFromClient: false)
    }
  }

  /// Octets at a segment's end that have to agree.
  private static let tail = 16

  private mutating func add(_ fingerprint: UInt64, _ key: UInt64, isFromClient: Bool) {
    messages.add(
      fingerprint, PacketSighting(time: segment.reference.time, route: .upgrade(key), isFromLow: isFromClient))
  }
}

/// The `Sec-WebSocket-Key` of a request, and the end of its answer (RFC 6455 section 4).
enum UpgradeKey {
  /// A head is searched this far: cookies may be long, but not longer than a server takes.
  private static let longestHead = 16_384

  /// A hash of the key of a request's head; `nil` where it has none.
  static func hash(in payload: RawSpan) -> UInt64? {
    let head = payload.extracting(0..<min(payload.byteCount, longestHead))
    var start = 0
    while let end = head.firstOffset(of: UInt8(ascii: "\n"), from: start) {
      if isKeyField(head, at: start) {
        let value = start + name.utf8.count..<end
        let text = head.text(in: value).filter { !$0.isWhitespace }
        return ContentPairing.hash(Array(text.utf8).span.bytes, .clientToServer)
      }
      start = end + 1
    }
    return nil
  }

  /// Where a head ends that is whole in its packet.
  static func endOfHead(in payload: RawSpan) -> Int? {
    var start = 0
    while let end = payload.firstOffset(of: UInt8(ascii: "\n"), from: start), end < longestHead {
      if end - start <= 1 { return end + 1 }
      start = end + 1
    }
    return nil
  }

  private static let name = "sec-websocket-key:"

  private static func isKeyField(_ head: RawSpan, at start: Int) -> Bool {
    guard head.byteCount - start > name.utf8.count else { return false }
    for (offset, byte) in name.utf8.enumerated() {
      let found = head.byte(at: start + offset)
      guard (UInt8(ascii: "A")...UInt8(ascii: "Z") ~= found ? found | 0x20 : found) == byte else { return false }
    }
    return true
  }
}
