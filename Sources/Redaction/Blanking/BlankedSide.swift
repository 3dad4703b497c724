/// One direction of a connection that is being blanked.
struct BlankedSide {
  var queue = BlankingQueue()
  /// Bytes that were read and are not yet put out.
  var carry: [UInt8] = []
  var body: BodyBlanking?
  var frames: FrameBlanking?
  /// Bytes put out of a protocol that is not HTTP.
  var opaqueCount = 0
  var isOpaque = false

  mutating func receiveFrames(_ bytes: RawSpan) { frames?.receive(bytes, &queue) }

  mutating func receiveFrames(gap: Int) { frames?.receive(gap: gap, &queue) }

  mutating func finishFrames() { frames?.finish(&queue) }
}
