import Analysis
import Capture
import Packets
import Redaction
import Streams

/// Reads the captures once more and blanks what flagged connections said.
///
/// Connections are numbered as the analysis numbered them, because the same packets open them in the same order.
struct BlankingPass: ~Copyable {
  let streams: BlankedStreams
  private let flagged: Set<Int>
  private let marker: Redactor
  private var table: ConnectionTable
  private var decoder = PacketDecoder()
  private var segment = Segment()
  private var open: [Int32: OpenConnection] = [:]
  private var nextID = 1
  private var packets = 0
  private var failure: TemporaryFileError?
  private let clocks: [ClockCorrection]
  private var secondSight: SecondSight?

  private final class OpenConnection {
    let id: Int
    let blanker: StreamBlanker
    /// Octets of each direction so far, missing ones included.
    var offset = Directional(both: 0)
    var isAnchored = Directional(both: false)

    init(id: Int, blanker: StreamBlanker) {
      self.id = id
      self.blanker = blanker
    }
  }

  init(
    connections: Set<Int>, analysis: AnalysisOptions, redactor: Redactor, comparison: CaptureComparison?
  ) throws(TemporaryFileError) {
    clocks = comparison?.clocks.corrections ?? []
    secondSight = comparison.map { SecondSight($0) }
    flagged = connections
    marker = redactor
    table = ConnectionTable(ports: analysis.ports)
    streams = try BlankedStreams()
  }

  mutating func read(_ inputs: [InputCopy]) throws {
    var files: [CaptureFile] = []
    for input in inputs {
      // What could not be opened was said before.
      if let file = try? CaptureFile(path: input.path, index: files.count) { files.append(file) }
    }
    guard !files.isEmpty else { return }
    var captures = MergedCaptures(files, clocks: clocks)
    while try captures.next({ packet, bytes in take(packet, bytes) }), failure == nil {}
    table.finish()
    while let event = table.next() { handle(event, [UInt8]().span.bytes) }
    if let failure { throw failure }
    try streams.flush()
  }

  private mutating func take(_ packet: CapturedPacket, _ bytes: RawSpan) {
    if secondSight != nil {
      let isFirst = secondSight?.admits(
        bytes, linkType: packet.linkType, wireLength: packet.wireLength, reference: packet.reference)
      guard isFirst != false else { return }
    }
    packets += 1
    // As often as the analysis: a connection that it gave up as silent must be given up here too.
    if packets & 0xff == 0 { advance(to: packet.reference.time) }
    switch decoder.decode(
      bytes, linkType: packet.linkType, wireLength: packet.wireLength, reference: packet.reference, into: &segment)
    {
    case .segment: receive(bytes)
    case .reassembled(let datagram): receive(datagram.span.bytes)
    case .otherTransport, .fragment, .skipped: break
    }
  }

  private mutating func advance(to time: Timestamp) {
    table.advance(to: time)
    while let event = table.next() { handle(event, [UInt8]().span.bytes) }
  }

  private mutating func receive(_ bytes: RawSpan) {
    let arrival = table.receive(&segment, in: bytes)
    switch arrival.kind {
    case .plain: data(arrival.payload, bytes, arrival.slot, arrival.direction)
    case .eventful: while let event = table.next() { handle(event, bytes) }
    case .duplicate, .notFollowed: break
    }
  }

  private mutating func handle(_ event: StreamEvent, _ bytes: RawSpan) {
    switch event {
    case .opened(let slot):
      open(slot)
    case .data(let slot, let direction, let range): data(range, bytes, slot, direction)
    case .buffered(let slot, let direction, let stored):
      guard let connection = open[slot] else { return }
      deliver(stored.bytes.span.bytes, connection, direction)
    case .truncated(let slot, let direction, let length, _): skip(length, slot, direction)
    case .gap(let slot, let direction, let gap): skip(gap.length, slot, direction)
    case .closed(let slot, _): close(slot)
    case .fin, .reset, .rolesSettled, .health, .conflict, .limitReached: break
    }
  }

  private mutating func open(_ slot: Int32) {
    let id = nextID
    nextID += 1
    open[slot] = nil
    guard flagged.contains(id) else { return }
    open[slot] = OpenConnection(
      id: id, blanker: marker.blanker(isMidStream: table[slot].isJoinedMidStream))
  }

  private mutating func data(_ range: Range<Int>, _ bytes: RawSpan, _ slot: Int32, _ direction: Direction) {
    guard !range.isEmpty, let connection = open[slot] else { return }
    if !connection.isAnchored[direction] {
      connection.isAnchored[direction] = true
      streams.anchor(
        .init(connection: connection.id, direction: direction),
        sequence: segment.tcp.sequence.advanced(by: range.lowerBound - segment.payload.lowerBound),
        offset: connection.offset[direction])
    }
    deliver(bytes.extracting(range), connection, direction)
  }

  private mutating func deliver(_ bytes: RawSpan, _ connection: OpenConnection, _ direction: Direction) {
    connection.offset[direction] += bytes.byteCount
    connection.blanker.receive(bytes, direction)
    store(connection)
  }

  private mutating func skip(_ length: Int, _ slot: Int32, _ direction: Direction) {
    guard let connection = open[slot] else { return }
    connection.offset[direction] += length
    connection.blanker.receive(gap: length, direction)
    store(connection)
  }

  private mutating func close(_ slot: Int32) {
    guard let connection = open.removeValue(forKey: slot) else { return }
    connection.blanker.finish()
    store(connection)
  }

  private mutating func store(_ connection: OpenConnection) {
    for direction in Direction.allCases {
      let runs = connection.blanker.take(direction)
      guard !runs.isEmpty, failure == nil else { continue }
      do {
        try streams.append(runs, to: .init(connection: connection.id, direction: direction))
      } catch {
        failure = error
      }
    }
  }
}
