import Packets

/// One packet, as a record or block of a file describes it.
struct PacketRecord: Equatable {
  var time: Timestamp
  /// Where the packet's bytes are, in the span that the decoder was given.
  var data: Range<Int>
  var wireLength: Int
  var linkType: LinkType
}

extension LinkType {
  /// The link type for a `LINKTYPE_` value of a file.
  ///
  /// The upper bits of a pcap header's field tell of a frame check sequence; values that no document defines are kept, at
  /// most 65,535. Old files of BSD systems hold `DLT_RAW`, 12, where `LINKTYPE_RAW`, 101, is meant.
  init(fileValue: UInt32) {
    let value = UInt16(clamping: fileValue & 0x03ff_ffff)
    self.init(rawValue: value == 12 ? 101 : value)
  }
}
