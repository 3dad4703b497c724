import HTTP
import Packets
import SocketIO
import Streams
import WebSocket

/// What an analysis follows and keeps.
package struct AnalysisOptions: Sendable {
  package var ports = PortSelection([8080])
  /// Whether each message becomes an event, for a timeline.
  package var wantsMessages = false
  /// Whether messages are packed, for ``Analyzer/moveMessages(to:)``, and are no events.
  package var packsMessages = false
  /// Bytes of each payload that are kept.
  package var payloadLimit = 4096
  /// Whether each message's whole payload is hashed, where messages are wanted.
  package var hashesPayloads = false
  /// Of which requests the header fields are kept, for reports that show them.
  package var fields = FieldKeeping.none
  /// Whether what TCP did to a connection becomes an event, for a picture of it.
  package var wantsTransportMarks = false
  package var limits = AnalysisLimits()
  /// The streams that a user has named, besides those that the capture teaches.
  package var streams: [NamedStream] = []

  package init() {}

  /// What a WebSocket's decoders keep.
  var webSocketLimits: WebSocketLimits { WebSocketLimits(payload: UInt32(clamping: max(512, payloadLimit))) }
}

/// A stream of events as a user names it: the client's event that asks for it, its own event, and the one that ends it.
package struct NamedStream: Sendable, Equatable {
  package var begin: String?
  package var event: String
  package var end: String

  package init(begin: String? = nil, event: String, end: String) {
    self.begin = begin
    self.event = event
    self.end = end
  }
}

/// Of which requests the header fields are kept.
package enum FieldKeeping: Sendable {
  case none
  /// Upgrades and their answers: what a proxy did to them shows by comparison.
  case upgrades
  case all
}

/// How much of what has passed is remembered.
package struct AnalysisLimits: Sendable {
  /// Requests listed for each connection: a keep-alive connection may carry any number.
  package var requestsPerConnection = 1000
  /// Bytes kept of a refusal's body: its message stands at the beginning.
  package var bodyExcerpt = 512
  /// Header fields kept of a request or an answer, where they are wanted, and the characters kept of each value.
  package var fieldsPerHead = 64
  package var fieldValue = 4096
  /// Bytes kept of a request's target.
  package var target = 2048
  /// Sec-WebSocket-Keys remembered to pair the legs of a proxied connection.
  package var upgradeKeys = 65_536
  /// Connections, and sessions, whose state is in memory, some 3 kB for both together; beyond it, those that have been quiet
  /// longest are parked in a file, where there is one for it.
  package var awakeConnections = 16_384
  /// Gaps in a stream that are shorter are never looked at: a person does not notice them.
  package var pauseFloor = Interval.seconds(1)

  package init() {}
}

/// What the parts of an analysis share.
struct AnalysisState {
  var options: AnalysisOptions
  var names = NameTable()
  var ends = EndKnowledge()
  var events: [TraceEvent] = []
  /// What packs messages, where they are no events.
  let packer: MessagePacker?
  /// The same, without references that are counted: an atomic count for each message waits until all that was written
  /// before it has left the processor, which is the message.
  let borrowedPacker: Unmanaged<MessagePacker>?
  /// The limits that were reached.
  var reached = LimitLog()
  /// What the peers said about themselves.
  var environment = EnvironmentNotes()
  /// The newest packet.
  var now = PacketReference(capture: 0, number: 0, time: Timestamp(nanoseconds: .min))

  init(options: AnalysisOptions) {
    self.options = options
    packer = options.wantsMessages && options.packsMessages ? MessagePacker() : nil
    borrowedPacker = packer.map(Unmanaged.passUnretained)
    for stream in options.streams {
      let event = id(of: stream.event)
      ends.name(event, endsWith: id(of: stream.end), begunBy: stream.begin.map { id(of: $0) })
    }
  }

  private mutating func id(of name: String) -> NameID {
    let bytes = Array(name.utf8)
    return names.id(of: bytes.indices, in: bytes.span.bytes)
  }
}
