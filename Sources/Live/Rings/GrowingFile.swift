import Capture
import Packets

/// A capture file that grows, and is complete whenever somebody looks at it or the program dies.
///
/// Records gather in memory and are written several at once, always whole ones.
package final class GrowingFile {
  /// Bytes that gather before they are written; a flush comes several times a second besides.
  private static let bufferSize = 1 << 20
  /// The C library's buffer: room for one more record of the longest kind.
  private static let room = bufferSize + (512 << 10)

  package let path: String
  private let writer: PcapWriter
  /// The size up to which the file is known to be on its way to the disk.
  private var written = 0
  private var waiting = 0

  /// Creates the file, for packets of one link type; an existing one is replaced only when `overwriting`.
  package init(path: String, linkType: LinkType, overwriting: Bool = false) throws(CaptureError) {
    self.path = path
    writer = try PcapWriter(
      path: path, linkType: linkType, overwriting: overwriting, bufferSize: GrowingFile.room)
    try writer.flush()
    written = writer.size
  }

  /// Bytes of the file, those that wait included.
  package var size: Int { written + waiting }

  /// Appends a packet.
  package func append(_ packet: CapturedPacket, _ bytes: RawSpan) throws(CaptureError) {
    try writer.write(packet, bytes)
    waiting += 16 + bytes.byteCount
    if waiting >= GrowingFile.bufferSize { try flush() }
  }

  /// Writes what waits.
  ///
  /// Where that fails, a full disk for one, the file is cut back to its last whole record and the error thrown.
  package func flush() throws(CaptureError) {
    guard waiting > 0 else { return }
    do throws(CaptureError) {
      try writer.flush()
      written += waiting
      waiting = 0
    } catch {
      writer.cut(to: written)
      waiting = 0
      throw error
    }
  }
}
