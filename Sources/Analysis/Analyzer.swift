import Bytes
import HTTP
import Packets
import SocketIO
import Streams
import WebSocket

/// Turns packets into connections, sessions, streams and messages.
///
/// It does no input and looks at no clock: give it each packet, take its events, and say when there are no more.
package struct Analyzer: ~Copyable {
  var state: AnalysisState
  var decoder = PacketDecoder()
  /// The segment in work, in one place for all packets.
  private var segment: Segment
  var table: ConnectionTable
  var conversations: [Conversation?] = []
  /// By slot, as `conversations`.
  var lanes: [QuietLane?] = []
  var sessions: SessionTable
  var pairing = ContentPairing()
  var keys = KeyTable()
  /// How clients name themselves: the same few names again and again.
  var userAgents: Set<String> = []
  var scratch = Scratch()
  var awake = AwakeInflaters()
  var nextID = 1
  /// How far the end has been told.
  var ending = Ending.notBegun
  /// What became of the packets.
  package internal(set) var counts = PacketCounts()
  /// Whether every TCP packet is followed, so that connections can be numbered as Wireshark numbers them.
  let followsAll: Bool
  /// How many connections and sessions may be in memory, before quiet ones are parked.
  let awakeLimit: Int

  /// - Parameters:
  ///   - options: what is followed and kept.
  ///   - parking: where quiet connections are parked while very many are open; `nil` where all stay in memory, as they must
  ///     where it is asked what goes on (``provisionalEvents(at:)``, ``openSessions(atMost:)``).
  package init(options: AnalysisOptions = AnalysisOptions(), parkingIn parking: RecordStore? = nil) {
    state = AnalysisState(options: options)
    segment = Segment()
    table = ConnectionTable(ports: options.ports, parking: parking)
    sessions = SessionTable(parking: parking)
    awakeLimit = parking == nil ? .max : options.limits.awakeConnections
    followsAll = options.ports == .any
  }

  /// Decodes one packet.
  ///
  /// `frame` is what was captured, borrowed for the time of the call; `wireLength` is the packet's length before the snap
  /// length cut it, in bytes.
  package mutating func receive(
    _ frame: RawSpan, linkType: LinkType, wireLength: Int, reference: PacketReference
  ) {
    counts.packets += 1
    if frame.byteCount < wireLength { counts.truncated += 1 }
    if counts.packets == 1 { counts.first = reference }
    let step = reference.time - state.now.time
    if step < .zero || step >= HostClocks.leastSilence, counts.packets > 1 {
      counts.note(step, to: reference, after: state.now)
    }
    state.now = reference
    if counts.packets & 0xff == 0 { advance(to: reference.time) }
    switch decoder.decode(frame, linkType: linkType, wireLength: wireLength, reference: reference, into: &segment) {
    case .segment: receive(frame)
    case .reassembled(let datagram): receive(datagram.span.bytes)
    case .otherTransport, .fragment: break
    case .skipped(let reason): counts.note(skipped: reason, in: reference.capture)
    }
  }

  private mutating func receive(_ bytes: RawSpan) {
    if segment.reference.time >= counts.hosts.due { counts.hosts.read(segment) }
    let arrival = table.receive(&segment, in: bytes)
    if table.hasWoken { wakeConversations() }
    switch arrival.kind {
    case .plain:
      counts.note(segment)
      if !arrival.payload.isEmpty {
        deliver(bytes.extracting(arrival.payload), arrival.slot, arrival.direction, segment.reference)
      }
    case .eventful:
      counts.note(segment)
      while let event = nextEvent() { handle(event, bytes, segment.reference) }
    case .duplicate: counts.noteDuplicate(in: segment.reference.capture)
    case .notFollowed: counts.note(unfollowed: segment, bytes)
    }
    if table.awakeCount > awakeLimit { parkQuietConnections() }
  }

  /// Lets the passing of time settle holes, and give up what has long been silent: by the capture's clock, and only now
  /// and then, because few packets bring anything about.
  ///
  /// A live capture also calls it while no packet comes.
  package mutating func advance(to time: Timestamp) {
    table.advance(to: time)
    awake.sweep(at: time, 16)
    while let event = nextEvent() { handle(event, [UInt8]().span.bytes, state.now) }
  }

  /// What the peers have said about themselves so far.
  package var environment: EnvironmentFacts { state.environment.facts }

  /// What has become known since the last call.
  package mutating func takeEvents() -> [TraceEvent] {
    // Handed over, not copied: a buffer that is shared could not be emptied without another of its size.
    var taken: [TraceEvent] = []
    swap(&taken, &state.events)
    return taken
  }
}
