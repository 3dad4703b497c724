/// The type of a pcapng block (draft-ietf-opsawg-pcapng, section 10.1); types that are not named here are skipped.
struct PcapngBlockType: RawRepresentable, Equatable {
  var rawValue: UInt32

  /// The same number in both byte orders.
  static let sectionHeader = PcapngBlockType(rawValue: 0x0a0d_0d0a)
  static let interfaceDescription = PcapngBlockType(rawValue: 1)
  /// The obsolete predecessor of the Enhanced Packet Block (appendix A).
  static let packet = PcapngBlockType(rawValue: 2)
  static let simplePacket = PcapngBlockType(rawValue: 3)
  static let interfaceStatistics = PcapngBlockType(rawValue: 5)
  static let enhancedPacket = PcapngBlockType(rawValue: 6)
}
