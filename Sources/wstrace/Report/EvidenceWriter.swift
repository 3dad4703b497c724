import Analysis
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
  private var fragments = 0

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
    connections: [ConnectionSummary], all: [ConnectionSummary], streams: BlankedStreams?, redactor: Redactor?,
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
    fragments > 0 ? [("IP fragments, whose payload can't be blanked one by one", fragments)] : []
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
    if let failure { throw failure }
  }

  private mutating func take(_ packet: CapturedPacket, as original: CapturedPacket, _ bytes: RawSpan) {
    switch decoder.decode(
      bytes, linkType: packet.linkType, wireLength: packet.wireLength, reference: packet.reference, into: &segment)
    {
    case .segment: break
    case .fragment, .reassembled:
      fragments += 1
      return
    case .otherTransport, .skipped: return
    }
    guard let candidates = flows[FlowEnds(segment.source, segment.destination)],
      let candidate = candidates.last(where: { $0.start <= packet.reference.time }) ?? candidates.first,
      candidate.isFlagged
    else { return }
    do {
      try write(original, bytes, candidate)
    } catch {
      failure = error
    }
  }

  private mutating func write(_ packet: CapturedPacket, _ bytes: RawSpan, _ candidate: Candidate) throws {
    var written = packet
    var copy: [UInt8]?
    if let streams, let redactor {
      let direction: Direction = segment.source == candidate.client ? .clientToServer : .serverToClient
      let payload = try streams.bytes(
        .init(connection: candidate.id, direction: direction), sequence: segment.tcp.sequence,
        count: segment.payload.count)
      let missing = max(0, segment.payloadLength - segment.payload.count)
      if let disguise = redactor.disguise {
        let raw = SegmentRewriting.raw(bytes, segment, payload: payload, disguise: disguise, missing: missing)
        written.linkType = .raw
        written.wireLength = raw.count + missing
        copy = raw
      } else {
        copy = SegmentRewriting.replacing(bytes, segment, payload: payload)
      }
    }
    let output = try output(written)
    if let copy { try output.writer?.write(written, copy.span.bytes) } else { try output.writer?.write(written, bytes) }
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
