import Packets

/// libpcap tells link types by `DLT_` values, files by `LINKTYPE_` values; they differ where systems disagreed on the former.
extension LinkType {
  private static let differing: [(dlt: Int32, linkType: UInt16)] = [
    (11, 100),  // ATM_RFC1483
    (12, 101),  // RAW
    (15, 102),  // SLIP_BSDOS
    (16, 103),  // PPP_BSDOS
    (18, 246),  // PFSYNC
    (19, 106),  // ATM_CLIP
  ]

  /// The link type for libpcap's value.
  init(dlt: Int32) {
    self.init(rawValue: Self.differing.first { $0.dlt == dlt }?.linkType ?? UInt16(clamping: dlt))
  }

  /// libpcap's value for the link type.
  var dlt: Int32 {
    Self.differing.first { $0.linkType == rawValue }?.dlt ?? Int32(rawValue)
  }
}
