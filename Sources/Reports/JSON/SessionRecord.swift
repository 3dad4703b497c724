import Analysis
import Packets

extension RecordWriter {
  /// An object of `sessions`.
  package mutating func write(_ session: SessionSummary, type: StaticString? = nil) {
    begin(type)
    json.field("sid", session.sid)
    json.field("engineIO", session.engineIO)
    json.field("transports", session.transports.map(\.rawValue))
    json.field("upgraded", session.upgraded)
    json.field("connections", session.connections)
    json.field("pingInterval", session.pingInterval)
    json.field("pingTimeout", session.pingTimeout)
    json.field("maxPayload", session.maxPayload)
    time("start", session.start)
    time("end", session.end)
    json.field("heartbeats", session.heartbeats)
    json.field("namespaces", session.namespaces)
    if session.recovery.isOffered || session.recovery.isAsked { write(session.recovery) }
    json.field("closedBy", session.closedBy?.sender ?? "none")
    json.field("closeReason", session.closeReason)
    json.key("events")
    json.beginObject()
    for direction in Direction.allCases { write(session.events[direction], direction) }
    json.endObject()
    directional("acks", session.acks)
    if let times = session.ackTimes {
      json.key("ackTime")
      write(times)
    }
    json.endObject()
  }

  private mutating func write(_ recovery: RecoveryFacts) {
    json.key("recovery")
    json.beginObject()
    json.field("offered", recovery.isOffered)
    json.field("asked", recovery.isAsked)
    json.field("recovered", recovery.isRecovered)
    json.endObject()
  }

  private mutating func write(_ events: [(name: String, count: Int)], _ direction: Direction) {
    json.key(direction.jsonName)
    json.beginObject()
    for event in events {
      json.key(event.name)
      json.number(event.count)
    }
    json.endObject()
  }

  /// An object of `streams`.
  package mutating func write(_ stream: StreamSummary, type: StaticString? = nil) {
    begin(type)
    json.field("sid", stream.sid)
    json.field("event", stream.event)
    json.key("trigger")
    if let trigger = stream.trigger { write(trigger) } else { json.null() }
    time("start", stream.start)
    time("end", stream.end)
    json.field("firstMessageAfter", stream.firstMessageAfter)
    json.field("messages", stream.messages)
    json.key("gap")
    if let gaps = stream.gaps { write(gaps) } else { json.null() }
    json.field("messagesPerSecond", stream.messagesPerSecond)
    json.field("ended", stream.isEnded)
    json.endObject()
  }

  private mutating func write(_ trigger: StreamSummary.Trigger) {
    json.beginObject()
    json.field("event", trigger.event)
    time("at", trigger.reference)
    json.key("packet")
    packet(trigger.reference)
    json.endObject()
  }

  private mutating func write(_ gaps: GapQuantiles) {
    json.beginObject()
    json.field("p50", gaps.median)
    json.field("p95", gaps.percentile95)
    json.field("p99", gaps.percentile99)
    json.field("max", gaps.maximum)
    json.endObject()
  }
}
