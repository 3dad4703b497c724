/// What is counted of one direction's segments; nearly always all zero.
package struct HealthCounters: Equatable, Sendable {
  /// Segments sent again, whatever made the sender do it; SYN and FIN too.
  package var retransmissions: UInt32 = 0
  /// Of these, the ones after a silence of at least 200 ms.
  package var retransmissionTimeouts: UInt32 = 0
  /// Of these, the ones that duplicate acknowledgements asked for.
  package var fastRetransmissions: UInt32 = 0
  /// Of these, the ones that the receiver had acknowledged before.
  package var spuriousRetransmissions: UInt32 = 0
  package var outOfOrder: UInt32 = 0
  /// Acknowledgements that this direction's sender repeated.
  package var duplicateAcks: UInt32 = 0
  package var keepAlives: UInt32 = 0
  package var keepAliveAnswers: UInt32 = 0
  /// Segments with a receive window of zero.
  package var zeroWindows: UInt32 = 0
  package var zeroWindowProbes: UInt32 = 0
  package var windowFull: UInt32 = 0
  /// Resets, SYNs, acknowledgements and data that the receiver can't have believed.
  package var ignored: UInt32 = 0
  /// Bytes in segments whose copies of the same sequence numbers differ.
  package var conflictingBytes: UInt32 = 0

  package init() {}
}
