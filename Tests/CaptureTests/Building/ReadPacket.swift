import Bytes
import Packets

@testable import Capture

/// A packet as a reader delivered it, with a copy of its bytes.
struct ReadPacket: Equatable {
  var number: Int
  var nanoseconds: Int64
  var wireLength: Int
  var linkType: UInt16
  var bytes: [UInt8]

  init(_ packet: CapturedPacket, _ bytes: RawSpan) {
    number = packet.reference.number
    nanoseconds = packet.reference.time.nanoseconds
    wireLength = packet.wireLength
    linkType = packet.linkType.rawValue
    self.bytes = bytes.copy()
  }
}

/// All packets of a file, and the error that ended it.
func readAll(_ path: String, _ options: ReaderOptions = ReaderOptions()) -> (
  packets: [ReadPacket], error: CaptureError?
) {
  var packets: [ReadPacket] = []
  do throws(CaptureError) {
    let file = try CaptureFile(path: path, index: 0, options: options)
    while try file.advance() { packets.append(file.withBytes { ReadPacket(file.packet, $0) }) }
    return (packets, nil)
  } catch {
    return (packets, error)
  }
}
