import Bytes
import Glibc
import Packets

/// Reads capture files through libpcap: the variants that the block reader leaves to it, or any file as a second opinion.
struct LibpcapReader: ~Copyable {
  private let input: CaptureInput
  private let feed: LibpcapFeed
  private let handle: PcapHandle
  private var packetCount = 0
  private var isFinished = false
  /// 9 once a time stamp was finer than a microsecond.
  private(set) var timestampDigits = 6

  /// Opens the file whose first bytes were read already.
  init(first: [UInt8], input: CaptureInput) throws(CaptureError) {
    self.input = input
    feed = LibpcapFeed(first: first, then: input)
    guard let stream = feed.openStream() else { throw CaptureError(path: input.path, .cannotOpen(errno: ENOMEM)) }
    do throws(PcapFailure) {
      handle = try PcapHandle(reading: stream)
    } catch {
      if let failure = feed.failure {
        throw input.error(failure, at: input.place(record: 1, offset: feed.delivered))
      }
      throw CaptureError(path: input.path, error.isCutOff ? .headerCutOff : .unsupported(message: error.message))
    }
  }

  var linkType: LinkType { handle.linkType }

  /// The next packet, or `nil` at the end and after an error.
  mutating func next() throws(CaptureError) -> LoadedPacket? {
    guard !isFinished else { return nil }
    do throws(PcapFailure) {
      if let packet = try handle.next() {
        packetCount += 1
        if packet.time.nanoseconds % 1000 != 0 { timestampDigits = 9 }
        return packet
      }
    } catch {
      isFinished = true
      if let failure = feed.failure { throw input.error(failure, at: place) }
      let kind: CaptureError.Kind = error.isCutOff ? .cutOff(place) : .refused(place, message: error.message)
      throw CaptureError(path: input.path, kind)
    }
    isFinished = true
    guard !input.isCutOff else { throw CaptureError(path: input.path, .cutOff(place)) }
    return nil
  }

  /// Where libpcap stopped; it reads ahead, so that the byte is the last one that it asked for.
  private var place: CaptureError.Place {
    input.place(record: packetCount + 1, offset: feed.delivered)
  }
}
