/// How much of a peer's HTTP this module keeps in memory.
///
/// Reaching one is an event (`Dialogue.Fault`, `ContentDecoder.Status.limit`) or a counted fact.
package struct HTTPLimits: Equatable, Sendable {
  /// Bytes of one request or response head, or of one trailer section.
  ///
  /// 64 KiB is eight times nginx's and Node's own limit: what is longer, no server would have read.
  package var headBytes = 64 << 10
  /// Field lines kept of one head; the rest is counted in `HeaderFields.omittedLines`.
  ///
  /// 256 is more than twice what Apache accepts (100).
  package var fieldLines = 256
  /// Bytes of one chunk-size line with its extensions (RFC 9112 section 7.1.1).
  ///
  /// 4 KiB: extensions are hardly ever sent, and Node stops at 16 KiB for all of a message's together.
  package var chunkLineBytes = 4 << 10
  /// Bytes of a chunk by which the reader finds its place again behind a hole.
  ///
  /// 64 KiB: nginx's buffers and what Node streams are smaller, and a size that only looks like one hides no more than that.
  package var soughtChunkBytes = 64 << 10
  /// Requests remembered until their response comes, so that HEAD and CONNECT are answered right.
  ///
  /// 256: browsers do not pipeline; only a one-sided capture or a load generator gets here.
  package var pendingRequests = 256
  /// Bytes a client sent after an upgrade request, held back until the answer says what they are.
  ///
  /// 64 KiB: a client has to wait for the 101, so these are the few bytes that overtook it in the capture file.
  package var heldBackBytes = 64 << 10
  /// Content codings undone one after another for one body.
  ///
  /// 4: curl stops at 5, and two is the most that is seen.
  package var contentCodings = 4
  /// Decoded bytes of one body.
  ///
  /// 64 MiB: a Socket.IO polling payload has 1 MB by default.
  package var decodedBytes = 64 << 20
  /// Decoded bytes for each encoded byte, once more than 1 MiB came out; JSON seldom reaches 30.
  package var decodedRatio = 200

  package init() {}
}
