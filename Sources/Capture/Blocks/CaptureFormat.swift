import Bytes

/// The two formats of capture files.
package enum CaptureFormat: String, Sendable {
  /// The pcap format, draft-ietf-opsawg-pcap, in all its variants.
  case pcap
  /// The pcapng format, draft-ietf-opsawg-pcapng.
  case pcapng

  /// How many bytes the decision needs.
  static let magicLength = 4

  /// The format whose magic number the bytes begin with.
  init?(detectedIn start: RawSpan) {
    guard start.byteCount >= Self.magicLength else { return nil }
    let magic = start.uint32(at: 0)
    switch magic {
    case PcapngBlockType.sectionHeader.rawValue: self = .pcapng
    case _ where PcapMagic(rawValue: magic) != nil, _ where PcapMagic(rawValue: magic.byteSwapped) != nil: self = .pcap
    default: return nil
    }
  }
}

/// The magic numbers of pcap files.
enum PcapMagic: UInt32 {
  case microseconds = 0xa1b2_c3d4
  case nanoseconds = 0xa1b2_3c4d
  /// Alexey Kuznetsov's variant of old Linux distributions, with a longer record header.
  case modified = 0xa1b2_cd34
  /// Francisco Mesquita's variant.
  case navtel = 0xa1b2_34cd
}
