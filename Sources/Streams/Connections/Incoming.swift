import Packets

/// A segment on its way through a connection's state.
struct Incoming {
  let slot: Int32
  let direction: Direction
  let reference: PacketReference
  let flags: TCPFlags
  /// The sequence number in the header, which is the SYN's where there is one.
  let headerSequence: SequenceNumber
  /// The sequence number of the first payload byte.
  let sequence: SequenceNumber
  let acknowledgement: SequenceNumber
  let rawWindow: UInt16
  let windowScale: UInt8?
  /// The captured payload.
  let payload: Range<Int>
  /// The payload's length on the wire.
  let length: Int

  init(_ segment: Segment, slot: Int32, direction: Direction) {
    let tcp = segment.tcp
    self.slot = slot
    self.direction = direction
    reference = segment.reference
    flags = tcp.flags
    headerSequence = tcp.sequence
    // "If SYN is present then SEG.SEQ is the sequence number of the SYN, and the first data octet has ISN+1" (RFC 9293 3.1).
    sequence = tcp.flags.contains(.syn) ? tcp.sequence.advanced(by: 1) : tcp.sequence
    acknowledgement = tcp.acknowledgement
    rawWindow = tcp.window
    windowScale = tcp.options.windowScale
    payload = segment.payload
    length = max(segment.payloadLength, segment.payload.count)
  }

  var time: Timestamp { reference.time }

  /// The sequence number after the payload.
  var end: SequenceNumber { sequence.advanced(by: length) }

  /// The sequence number after everything in the segment, its FIN included.
  var sequenceEnd: SequenceNumber { flags.contains(.fin) ? end.advanced(by: 1) : end }

  /// Whether the segment is nothing but an acknowledgement.
  var isBare: Bool { length == 0 && flags.isDisjoint(with: [.syn, .fin, .rst]) }
}
