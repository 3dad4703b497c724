import Analysis
import Bytes
import Capture
import Packets
import Redaction
import Reports

/// Writes the packets of some connections to new captures, one for each capture and link type.
struct EvidenceWriter: ~Copyable {
  private let streams: BlankedStreams?
  private let redactor: Redactor?
  private let folder: String
  /// The flagged connections by their two ends, and those that merely have the same ends.
  private var flows: [FlowEnds: [Candidate]] = [:]
  private var decoder = PacketDecoder()
  private var segment = Segment()
  private var outputs: [Output] = []
  private var digits: [Int] = []
  private var failure: (any Error)?
  private var queue = EvidenceQueue()
  /// Fragments that one packet without the link layer stands for.
  private var joined = 0

  private struct FlowEnds: Hashable {
    var low: Endpoint
    var high: Endpoint

    init(_ a: Endpoint, _ b: Endpoint) {
      let isOrdered = (a.address.high, a.address.low, a.port) <= (b.address.high, b.address.low, b.port)
      (low, high) = isOrdered ? (a, b) : (b, a)
    }
  }

  private struct Candidate {
    var id: Int
    var client: Endpoint
    var start: Timestamp
    var isFlagged: Bool
  }

  /// A file that is being written; in an object because a writer can't be copied.
  private final class Output {
    let linkType: LinkType
    var file: Manifest.EvidenceFile
    var writer: PcapWriter?

    init(linkType: LinkType, file: Manifest.EvidenceFile, writer: consuming PcapWriter) {
      self.linkType = linkType
      self.file = file
      self.writer = consume writer
    }
  }

  init(
    connections: [ConnectionSummary], all: some Sequence<ConnectionSummary>, streams: BlankedStreams?,
    redactor: Redactor?,
    folder: String
  ) {
    self.streams = streams
    self.redactor = redactor
    self.folder = folder
    let flagged = Set(connections.map(\.id))
    let ends = Set(connections.map { FlowEnds($0.client, $0.server) })
    for connection in all {
      let key = FlowEnds(connection.client, connection.server)
      guard ends.contains(key) else { continue }
      flows[key, default: []].append(
        Candidate(
          id: connection.id, client: connection.client, start: connection.start.time,
          isFlagged: flagged.contains(connection.id)))
    }
    for key in flows.keys { flows[key]?.sort { $0.start < $1.start } }
  }

  /// Packets that may belong to flagged connections and are in no file, and why.
  var leftOut: [(reason: String, count: Int)] {
    let all = [
      ("IP fragments whose datagram is not complete, so that nobody can tell whose they are", queue.givenUp),
      ("IP fragments that were put together into the packet of the last one", joined),
    ]
    return all.filter { $0.1 > 0 }
  }

  /// Reads the captures, and writes what is wanted of them.
  mutating func write(_ inputs: [InputCopy], clocks: [ClockCorrection]) throws {
    var files: [CaptureFile] = []
    for input in inputs {
      if let file = try? CaptureFile(path: input.path, index: files.count) { files.append(file) }
    }
    guard !files.isEmpty else { return }
    var captures = MergedCaptures(files, clocks: clocks)
    while failure == nil {
      let isMore = try captures.next { packet, bytes in
        if digits.count <= packet.reference.capture { digits = files.map(\.timestampDigits) }
        // Found by the common clock, written with the time that it has in its capture.
        take(packet, as: files[packet.reference.capture].packet, bytes)
      }
      if !isMore { break }
    }
    queue.giveUp()
    flush()
    if let failure { throw failure }
  }

  private mutating func take(_ packet: CapturedPacket, as original: CapturedPacket, _ bytes: RawSpan) {
    do {
      switch decoder.decode(
        bytes, linkType: packet.linkType, wireLength: packet.wireLength, reference: packet.reference, into: &segment)
      {
      case .segment:
        if let connection = connection(at: packet.reference.time) { try take(original, bytes, of: connection) }
      case .fragment:
        guard let fragment = EvidenceWriter.fragment(packet, bytes) else { return }
        queue.append(.init(packet: original, bytes: bytes.copy()), waitingFor: fragment)
        while queue.isOverfull {
          queue.giveUpFirst()
          flush()
        }
      case .reassembled(let datagram):
        guard let fragment = EvidenceWriter.fragment(packet, bytes) else { return }
        queue.append(.init(packet: original, bytes: bytes.copy()), waitingFor: fragment)
        try settle(fragment.datagram, datagram, at: packet.reference)
        flush()
      case .otherTransport, .skipped: return
      }
    } catch {
      failure = error
    }
  }

  private static func fragment(_ packet: CapturedPacket, _ bytes: RawSpan) -> Fragment? {
    Fragment(in: bytes, linkType: packet.linkType, wireLength: packet.wireLength, reference: packet.reference)
  }

  /// The flagged connection that the segment is of.
  private func connection(at time: Timestamp) -> Candidate? {
    guard let candidates = flows[FlowEnds(segment.source, segment.destination)],
      let candidate = candidates.last(where: { $0.start <= time }) ?? candidates.first, candidate.isFlagged
    else { return nil }
    return candidate
  }

  /// Takes a whole packet.
  private mutating func take(_ packet: CapturedPacket, _ bytes: RawSpan, of connection: Candidate) throws {
    guard let blanked = try blanked(packet, bytes, connection) else {
      if queue.isEmpty { return try write(packet, bytes) }
      queue.append(.init(packet: packet, bytes: bytes.copy()))
      return
    }
    if queue.isEmpty { return try write(blanked.packet, blanked.bytes.span.bytes) }
    queue.append(blanked)
    while queue.isOverfull {
      queue.giveUpFirst()
      flush()
    }
  }

  /// The packet with what it may show, or without the link layer where addresses are disguised; `nil` where all may stay.
  private func blanked(
    _ packet: CapturedPacket, _ bytes: RawSpan, _ connection: Candidate
  ) throws -> EvidenceQueue.Record? {
    guard let streams, let redactor else { return nil }
    let direction: Direction = segment.source == connection.client ? .clientToServer : .serverToClient
    let payload = try streams.bytes(
      .init(connection: connection.id, direction: direction), sequence: segment.tcp.sequence,
      count: segment.payload.count)
    var written = packet
    guard let disguise = redactor.disguise else {
      return .init(packet: written, bytes: SegmentRewriting.replacing(bytes, segment, payload: payload))
    }
    let missing = max(0, segment.payloadLength - segment.payload.count)
    let raw = SegmentRewriting.raw(bytes, segment, payload: payload, disguise: disguise, missing: missing)
    written.linkType = .raw
    written.wireLength = raw.count + missing
    return .init(packet: written, bytes: raw)
  }

  /// Deals with the fragments of a datagram that is complete, the latest of which is in work.
  private mutating func settle(_ key: FragmentKey, _ datagram: [UInt8], at reference: PacketReference) throws {
    guard let connection = connection(at: reference.time) else { return queue.settle(key) { _, _ in nil } }
    let last = CapturedPacket(
      reference: reference, capturedLength: datagram.count, wireLength: datagram.count, linkType: .raw)
    guard let blanked = try blanked(last, datagram.span.bytes, connection) else {
      return queue.settle(key) { record, _ in record }
    }
    guard redactor?.disguise == nil else {
      // Without its link layer, the datagram is one packet in the place of its last fragment.
      var pieces = 0
      queue.settle(key) { record, _ in
        pieces += 1
        guard record.packet.reference.number == reference.number else { return nil }
        var whole = blanked
        whole.packet.reference = record.packet.reference
        return whole
      }
      joined += pieces - 1
      return
    }
    queue.settle(key) { record, fragment in
      .init(
        packet: record.packet,
        bytes: FragmentRewriting.replacing(record.bytes, fragment, with: blanked.bytes))
    }
  }

  /// Writes what waits for nothing any more.
  private mutating func flush() {
    while failure == nil, let record = queue.next() {
      do { try write(record.packet, record.bytes.span.bytes) } catch { failure = error }
    }
  }

  private mutating func write(_ packet: CapturedPacket, _ bytes: RawSpan) throws {
    let output = try output(packet)
    try output.writer?.write(packet, bytes)
    output.file.append(original: packet.reference.number)
  }

  private mutating func output(_ packet: CapturedPacket) throws -> Output {
    let capture = packet.reference.capture
    if let output = outputs.first(where: { $0.file.capture == capture && $0.linkType == packet.linkType }) {
      return output
    }
    let name = outputs.isEmpty ? "evidence.pcap" : "evidence-\(outputs.count + 1).pcap"
    let writer = try PcapWriter(
      path: "\(folder)/\(name)", linkType: packet.linkType, timestampDigits: digits[capture])
    let output = Output(
      linkType: packet.linkType,
      file: Manifest.EvidenceFile(name: name, capture: capture, linkType: packet.linkType.name), writer: writer)
    outputs.append(output)
    return output
  }

  /// Completes the files.
  mutating func finish() throws -> [Manifest.EvidenceFile] {
    for output in outputs {
      if let writer = output.writer.take() { try writer.finish() }
    }
    return outputs.map(\.file)
  }
}
