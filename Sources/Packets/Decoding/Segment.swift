/// A TCP segment as a capture has it: where it was seen, what its headers say, and where its payload stands.
///
/// A trivial type without references; the payload stays in the packet's bytes. Fields are in an order that leaves few
/// holes.
package struct Segment: Equatable, Sendable {
  /// The packet that brought the segment, or the last of its fragments.
  package var reference: PacketReference
  package var source: Endpoint
  /// IPv4's time to live or IPv6's hop limit, as captured.
  package var timeToLive: UInt8 = 0
  /// Whether the IP header has an identification, which IPv6's has not.
  package var hasIPIdentification = false
  /// The number of the capturing machine's interface, where the link type names it (cooked v2); else 0.
  package var interfaceIndex: UInt32 = 0
  package var destination: Endpoint
  /// To whom the packet went, where the link type says (cooked v1 and v2).
  package var packetType = PacketType.unknown
  @usableFromInline var payloadStart: UInt32 = 0
  @usableFromInline var payloadCount: UInt32 = 0
  @usableFromInline var payloadLengthField: UInt32 = 0
  /// IPv4's identification; 0 for IPv6.
  package var ipIdentification: UInt32 = 0
  /// The VLANs outside of the IP header, within the innermost tunnel.
  package var vlans = VLANStack()
  package var tcp: TCPHeader

  /// A segment with the facts that every one has; the others can be set after.
  ///
  /// `payloadLength` is the payload's bytes on the wire, where the capture has fewer.
  package init(
    reference: PacketReference, source: IPAddress, destination: IPAddress, tcp: TCPHeader, payload: Range<Int>,
    payloadLength: Int? = nil
  ) {
    self.reference = reference
    self.source = Endpoint(address: source, port: tcp.source)
    self.destination = Endpoint(address: destination, port: tcp.destination)
    self.tcp = tcp
    setPayload(payload, length: payloadLength ?? payload.count)
  }

  /// A segment of which nothing is known yet, for a ``PacketDecoder`` to write into.
  package init() {
    self.init(
      reference: PacketReference(capture: 0, number: 0, time: Timestamp(nanoseconds: 0)),
      source: IPAddress(high: 0, low: 0), destination: IPAddress(high: 0, low: 0),
      tcp: TCPHeader(source: 0, destination: 0, sequence: SequenceNumber(0), flags: []), payload: 0..<0)
  }

  /// Forgets of the packet before what not every packet says.
  @inline(__always)
  mutating func begin(_ reference: PacketReference) {
    self.reference = reference
    interfaceIndex = 0
    packetType = .unknown
    vlans = VLANStack()
  }

  /// The captured payload's place in the packet's bytes, or in the reassembled datagram's.
  @inlinable @inline(__always)
  package var payload: Range<Int> {
    Int(payloadStart)..<Int(payloadStart) &+ Int(payloadCount)
  }

  /// The payload's bytes on the wire, by the IP header; more than `payload` has where the snap length cut it.
  @inlinable @inline(__always)
  package var payloadLength: Int { Int(payloadLengthField) }

  /// The sequence space that the segment takes: its payload's bytes on the wire, SYN and FIN (RFC 9293 section 3.4).
  @inlinable @inline(__always)
  package var sequenceLength: Int {
    payloadLength + (tcp.flags.contains(.syn) ? 1 : 0) + (tcp.flags.contains(.fin) ? 1 : 0)
  }

  /// Sets a payload whose place is known to fit: that of an IPv4 packet is less than 2^16 bytes.
  @inline(__always)
  mutating func setPayload(from start: Int, to end: Int, wireEnd: Int) {
    payloadStart = UInt32(truncatingIfNeeded: start)
    payloadCount = UInt32(truncatingIfNeeded: end &- start)
    payloadLengthField = UInt32(truncatingIfNeeded: wireEnd &- start)
  }

  @inline(__always)
  mutating func setPayload(_ payload: Range<Int>, length: Int) {
    payloadStart = UInt32(clamping: payload.lowerBound)
    payloadCount = UInt32(clamping: payload.count)
    payloadLengthField = UInt32(clamping: length)
  }
}
