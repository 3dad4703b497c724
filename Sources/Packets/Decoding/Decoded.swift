/// What a captured frame turned out to be.
package enum Decoded: Equatable, Sendable {
  /// A TCP segment; its payload stands in the frame.
  case segment
  /// A TCP segment that came in IP fragments; its payload stands in the datagram given here.
  case reassembled([UInt8])
  /// A packet that is known not to carry TCP: ARP, UDP, ICMP, …
  case otherTransport
  /// A fragment, kept until the rest of its datagram comes.
  case fragment
  /// A packet that may carry TCP, but could not be decoded.
  case skipped(SkipReason)
}
