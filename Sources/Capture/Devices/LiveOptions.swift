/// How an interface is opened.
package struct LiveOptions: Sendable {
  /// Bytes of the kernel's ring: 32 MiB, half a second of a saturated 500 Mbit/s link.
  package var bufferSize = 32 << 20
  /// Bytes kept of each packet: more than any frame with segmentation offload has.
  package var snapLength = 262_144
  /// How long the kernel gathers packets before it hands a block over, in milliseconds.
  ///
  /// Never immediate mode: that would fall back to a ring with a slot of the snap length for each packet, 128 slots in
  /// 32 MiB.
  package var blockTimeout = 100

  package init() {}
}
