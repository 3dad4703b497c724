import Packets

/// A packet in memory, as a reader hands it on: valid until the reader is asked for more.
struct LoadedPacket {
  var time: Timestamp
  var bytes: UnsafeRawBufferPointer
  var wireLength: Int
  var linkType: LinkType
}
