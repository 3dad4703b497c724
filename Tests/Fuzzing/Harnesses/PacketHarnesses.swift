import Bytes
import Capture
import Glibc
import Packets
import Streams

/// Link types whose frames can be decoded.
private let linkTypes: [LinkType] = [
  .ethernet, .linuxSLL, .linuxSLL2, .raw, .null, .loop, .ppp, .pppSerial, .pppoe, .ipv4, .ipv6,
]

/// A packet of the script, with what a capture says of it.
private struct ScriptedFrame {
  var linkType: LinkType
  var bytes: [UInt8]
  var wireLength: Int
  var reference: PacketReference

  init(_ script: inout InputScript, _ number: Int, _ time: inout Int64) {
    let choice = script.byte()
    linkType = linkTypes[Int(choice & 15) % linkTypes.count]
    time &+= Int64(script.byte()) << Int64((choice >> 4) * 2)
    bytes = script.piece()
    wireLength = bytes.count + (choice & 16 == 0 ? 0 : Int(script.byte()))
    reference = PacketReference(capture: 0, number: number, time: Timestamp(nanoseconds: time))
  }
}

/// Packets of any link type, one after the other.
func decodePackets(_ script: inout InputScript) {
  var decoder = PacketDecoder()
  var segment = Segment()
  var time: Int64 = 0
  for number in 1...1000 where !script.isEmpty {
    let frame = ScriptedFrame(&script, number, &time)
    let span = frame.bytes.span.bytes
    let decoded = decoder.decode(
      span, linkType: frame.linkType, wireLength: frame.wireLength, reference: frame.reference, into: &segment)
    switch decoded {
    case .segment: precondition(segment.payload.upperBound <= frame.bytes.count)
    case .reassembled(let datagram): precondition(segment.payload.upperBound <= datagram.count)
    default: break
    }
  }
}

/// Segments of a few connections: the script chooses ports, numbers and flags.
func reassemble(_ script: inout InputScript) {
  var table = ConnectionTable()
  var decoder = PacketDecoder()
  var segment = Segment()
  var time: Int64 = 0
  for number in 1...1000 where !script.isEmpty {
    let choice = script.byte()
    time &+= Int64(script.byte()) << Int64(choice >> 4)
    let frame = segmentFrame(&script, choice)
    let reference = PacketReference(capture: 0, number: number, time: Timestamp(nanoseconds: time))
    guard
      case .segment = decoder.decode(
        frame.span.bytes, linkType: .ipv4, wireLength: frame.count, reference: reference, into: &segment)
    else { continue }
    _ = table.receive(&segment, in: frame.span.bytes)
    while table.next() != nil {}
    if choice & 0x18 == 0x18 {
      table.advance(to: reference.time)
      while table.next() != nil {}
    }
  }
  table.finish()
  while table.next() != nil {}
}

/// An IPv4 packet with a TCP segment whose fields are near those that a connection has.
private func segmentFrame(_ script: inout InputScript, _ choice: UInt8) -> [UInt8] {
  let flags = script.byte()
  let (sequence, acknowledgement) = (UInt32(script.number()), UInt32(script.number()))
  let window = script.byte()
  return ScriptedSegment(
    isFromClient: choice & 4 == 0, port: 0xc000 | UInt16(choice & 3), flags: flags, sequence: sequence,
    acknowledgement: acknowledgement, window: UInt16(window) << 8, payload: script.piece()
  ).frame
}
