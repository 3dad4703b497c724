import Packets
import SocketIO

/// The attachments that are awaited in one direction of a leg.
struct AttachmentWatch {
  var joiner = AttachmentJoiner()
  /// The packet of the header, and that of the last attachment.
  var header: PacketReference?
  var last: PacketReference?
  /// The packet that last came in an attachment's place.
  var interrupted: PacketReference?
}
