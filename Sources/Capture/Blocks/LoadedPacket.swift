import Packets

/// A packet in memory, valid until the next one is read.
struct LoadedPacket {
  var time: Timestamp
  var bytes: UnsafeRawBufferPointer
  var wireLength: Int
  var linkType: LinkType
}
