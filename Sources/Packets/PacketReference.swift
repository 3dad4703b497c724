/// Where something stands on the wire: a capture, a packet's number in it, and its time.
///
/// 16 bytes, because everything that is decoded carries one.
package struct PacketReference: BitwiseCopyable, Hashable, Sendable {
  package var time: Timestamp
  /// Capture index in the upper 16 bits, packet number in the lower 48.
  @usableFromInline var packed: UInt64

  @inlinable
  package init(capture: Int, number: Int, time: Timestamp) {
    packed = UInt64(truncatingIfNeeded: capture) << 48 | UInt64(truncatingIfNeeded: number) & 0xffff_ffff_ffff
    self.time = time
  }

  /// No packet: what stands where one will be.
  package static let none = PacketReference(capture: 0, number: 0, time: Timestamp(nanoseconds: 0))

  /// The capture's index, from 0, in the order of the command line.
  @inlinable
  package var capture: Int { Int(packed >> 48) }

  /// The packet's number in its capture, from 1, as in Wireshark's frame.number.
  @inlinable
  package var number: Int { Int(packed & 0xffff_ffff_ffff) }
}
