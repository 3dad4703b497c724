import Analysis
import Bytes
import CFuzzer
import Capture
import Diagnosis
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
    _ = table.receive(segment, in: frame.span.bytes)
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
  let sequence = script.number()
  let acknowledgement = script.number()
  let window = script.byte()
  let payload = script.piece()
  let client: [UInt8] = [10, 0, 0, 1, 0xc0, choice & 3]
  let server: [UInt8] = [10, 0, 0, 2, 0x1f, 0x90]
  let (source, destination) = choice & 4 == 0 ? (client, server) : (server, client)
  let length = 40 + payload.count
  var bytes: [UInt8] = [0x45, 0, UInt8(length >> 8), UInt8(length & 0xff), 0, 0, 0x40, 0, 64, 6, 0, 0]
  bytes += source[..<4]
  bytes += destination[..<4]
  bytes += source[4...]
  bytes += destination[4...]
  bytes += [0, 0, UInt8(sequence >> 8), UInt8(sequence & 0xff), 0, 0]
  bytes += [UInt8(acknowledgement >> 8), UInt8(acknowledgement & 0xff), 0x50, flags, window, 0, 0, 0, 0, 0]
  return bytes + payload
}

/// A whole capture file: pcap, pcapng, or packed.
func readCapture(_ input: [UInt8]) {
  let descriptor = memfd_create("capture", 0)
  guard descriptor >= 0 else { return }
  defer { close(descriptor) }
  input.withUnsafeBytes { _ = write(descriptor, $0.baseAddress, $0.count) }
  var options = ReaderOptions()
  options.limits.packetLength = 1 << 20
  guard let file = try? CaptureFile(path: "/proc/self/fd/\(descriptor)", index: 0, options: options) else { return }
  var count = 0
  while count < 10_000, (try? file.advance()) == true {
    file.withBytes { precondition($0.byteCount <= file.packet.capturedLength) }
    count += 1
  }
}

/// Packets through everything: decoding, reassembly, protocols, sessions and rules.
func analyze(_ script: inout InputScript) {
  var options = AnalysisOptions()
  options.ports = .any
  var analyzer = Analyzer(options: options)
  var diagnostician = Diagnostician()
  var time: Int64 = 0
  for number in 1...1000 where !script.isEmpty {
    let choice = script.byte()
    time &+= Int64(script.byte()) << Int64(choice >> 4)
    let frame = segmentFrame(&script, choice)
    analyzer.receive(
      frame.span.bytes, linkType: .ipv4, wireLength: frame.count,
      reference: PacketReference(capture: 0, number: number, time: Timestamp(nanoseconds: time)))
  }
  analyzer.finish()
  for event in analyzer.takeEvents() { diagnostician.observe(event) }
  _ = diagnostician.conclude(in: Scene(epoch: Timestamp(nanoseconds: 0), captures: 1))
}
