import Packets

/// How a connection ends, as far as it has, and what of its bytes the snap length cut off.
struct ConnectionEnds {
  /// The reset that answered the SYN.
  var refused: PacketReference?
  var fin: PacketReference?
  var finBy: Direction?
  var reset: PacketReference?
  var resetBy: Direction?
  var truncatedBytes = Directional(both: 0)
}

extension TCPFacts {
  /// What was noted while the connection was open.
  init(_ ends: ConnectionEnds) {
    (refused, fin, finBy, reset, resetBy) = (ends.refused, ends.fin, ends.finBy, ends.reset, ends.resetBy)
    truncatedBytes = ends.truncatedBytes
  }
}
