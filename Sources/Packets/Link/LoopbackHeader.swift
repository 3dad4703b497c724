import Bytes

/// The header of BSD loopback captures, LINKTYPE_NULL and LINKTYPE_LOOP: four bytes of address family.
///
/// NULL has them in the byte order of the machine that captured, which is not known; LOOP in network byte order. All
/// families are below 256, so that either order can be told from the bytes.
package struct LoopbackHeader: Equatable, Sendable {
  /// The address family, of the numbers of the system that captured.
  package var family: UInt32

  package static let byteCount = 4

  /// Takes the header from the front of a frame.
  package init(parsing bytes: inout RawSpan) throws(ParseError) {
    try bytes.require(LoopbackHeader.byteCount, .link)
    let value = bytes.uint32(at: 0)
    family = value & 0xffff == 0 ? value.byteSwapped : value
    bytes.drop(LoopbackHeader.byteCount)
  }

  /// What follows: IP for AF_INET, 2 everywhere, and for AF_INET6.
  ///
  /// AF_INET6 is 10 on Linux, 24 on NetBSD, OpenBSD and in Npcap, 28 on FreeBSD, 30 on Darwin.
  var payload: HeaderKind {
    switch family {
    case 2, 10, 24, 28, 30: .ip
    default: .other
    }
  }
}
