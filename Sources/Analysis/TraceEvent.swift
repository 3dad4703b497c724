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
  case handshakeFlawed(HandshakeFacts)
  case httpAfterUpgrade(HTTPAfterUpgrade)
  case ruleBroken(ViolationFacts)
  case messageIncomplete(IncompleteMessage)
  case messageRefused(OversizeMessage)
  case connectRefused(ConnectRefusal)
  case connectUnanswered(UnansweredConnect)
  case heartbeatMissed(HeartbeatMiss)
  case probeEnded(ProbeFacts)
  case burstsSeen(BurstFacts)
  case sendsDelayed(DelayedSends)
  case bodyStreamed(StreamedBody)
  case visited(Visit)
  case lossPlaced(LossPlace)
  case connectionClosed(ConnectionSummary)
  case sessionClosed(SessionSummary)
  case captureEnded(CaptureFacts)

  /// Whether this is a message.
  package var isMessage: Bool { if case .message = self { true } else { false } }

  /// Whether this is one of very many that a report shows and no rule judges.
  package var isForReportsOnly: Bool {
    switch self {
    case .message, .transportMark: true
    default: false
    }
  }
}
