import Packets

/// How the body of a response came whose length was not known beforehand: in how many pieces, and when.
struct BodyShape {
  /// Bytes within this time of each other are one piece.
  static let together = Interval.milliseconds(2)
  /// Nobody notices how a body comes that is there sooner.
  static let leastTime = Interval.seconds(1)

  let head: PacketReference
  let coding: String?
  let contentType: String?
  private(set) var first: PacketReference?
  private(set) var last: PacketReference
  private(set) var pieces = 0
  private(set) var bytes = 0
  /// The time without a byte before each piece but the first.
  private(set) var gaps = GapDigest()
  var fingerprint = BodyFingerprint()

  init(head: PacketReference, coding: String?, contentType: String?) {
    self.head = head
    self.coding = coding
    self.contentType = contentType
    last = head
  }

  mutating func arrived(_ count: Int, at reference: PacketReference) {
    bytes &+= count
    if first == nil {
      first = reference
      pieces = 1
    } else if reference.time - last.time > Self.together {
      pieces &+= 1
      gaps.add(reference.time - last.time)
    }
    last = reference
  }

  /// Whether it took long enough to be felt, from a request to its end.
  func isFelt(since request: Timestamp) -> Bool { first != nil && last.time - request >= Self.leastTime }
}

/// A response of unknown length that took its time: seen on one leg.
package struct StreamedBody: Sendable {
  package var connection: Int
  package var client: Endpoint
  package var server: Endpoint
  /// What asked for it; `nil` where that is not in the capture.
  package var request: Request?
  /// The request, or the packet by which it had come: what acknowledged it, or the response's head.
  package var asked: PacketReference
  package var head: PacketReference
  /// The first and the last byte of the body.
  package var first: PacketReference
  package var last: PacketReference
  /// Pieces in which it came, some milliseconds or more apart.
  package var pieces: Int
  package var bytes: Int
  package var gaps: GapDigest
  /// Content-Encoding, where it has one.
  package var coding: String?
  package var contentType: String?
  /// Whether retransmissions or closed windows delayed the connection's bytes.
  package var isNetworkTroubled: Bool
  package var fingerprint: BodyFingerprint

  /// What of a request the other leg has too.
  package struct Request: Sendable {
    package var method: String
    package var target: String
    /// `1.0` or `1.1`.
    package var version: String
  }
}
