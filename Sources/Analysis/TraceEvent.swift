import Packets

/// What the analysis tells as it becomes known; rules and reports are made from these.
package enum TraceEvent: Sendable {
  case message(MessageRecord)
  case transportMark(TransportMark)
  case upgradeEnded(UpgradeAttempt)
  case streamPaused(StreamPauseFacts)
  case streamEnded(StreamSummary)
  case eventUnanswered(UnansweredEvent)
  case webSocketEnded(WebSocketEnd)
  case legsMeasured(LegDelay)
  case connectionClosed(ConnectionSummary)
  case sessionClosed(SessionSummary)
  case captureEnded(CaptureFacts)
}
