import Analysis
import Packets
import TestSupport

/// What an analysis tells about packets, given one by one.
struct Trace {
  let events: [TraceEvent]
  let counts: PacketCounts

  init(_ packets: [RecordedPacket], options: AnalysisOptions = AnalysisOptions()) {
    var analyzer = Analyzer(options: options)
    for (index, packet) in packets.enumerated() {
      analyzer.receive(
        packet.bytes.span.bytes, linkType: LinkType(rawValue: packet.linkType), wireLength: packet.originalLength,
        reference: PacketReference(capture: 0, number: index + 1, time: packet.time))
    }
    analyzer.finish()
    events = analyzer.takeEvents()
    counts = analyzer.counts
  }

  var connections: [ConnectionSummary] {
    events.compactMap { if case .connectionClosed(let connection) = $0 { connection } else { nil } }
  }

  var sessions: [SessionSummary] {
    events.compactMap { if case .sessionClosed(let session) = $0 { session } else { nil } }
  }

  var streams: [StreamSummary] {
    events.compactMap { if case .streamEnded(let stream) = $0 { stream } else { nil } }
  }

  var pauses: [StreamPauseFacts] {
    events.compactMap { if case .streamPaused(let pause) = $0 { pause } else { nil } }
  }

  var messages: [MessageRecord] {
    events.compactMap { if case .message(let message) = $0 { message } else { nil } }
  }

  var delays: [LegDelay] {
    events.compactMap { if case .legsMeasured(let delay) = $0 { delay } else { nil } }
  }

  var webSocketEnds: [WebSocketEnd] {
    events.compactMap { if case .webSocketEnded(let end) = $0 { end } else { nil } }
  }

  var facts: CaptureFacts? {
    events.compactMap { if case .captureEnded(let facts) = $0 { facts } else { nil } }.first
  }
}

extension SessionSummary {
  /// The counts of a direction's events by name.
  func counts(_ direction: Direction) -> [String: Int] {
    Dictionary(self.events[direction].map { ($0.name, $0.count) }) { $0 + $1 }
  }
}

/// A packet's place at a moment after the beginning, numbered by its millisecond.
func packet(at milliseconds: Int) -> PacketReference {
  PacketReference(
    capture: 0, number: milliseconds + 1, time: Conversation.defaultStart + .milliseconds(Int64(milliseconds)))
}
