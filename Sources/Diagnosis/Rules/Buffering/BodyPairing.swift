import Analysis
import Packets

/// A streamed response on both legs of a proxy.
struct BodyPair: Sendable {
  var front: StreamedBody
  var back: StreamedBody
  /// The request, from a leg that shows it.
  var request: StreamedBody.Request

  /// How long the first piece was held.
  var delay: Interval { front.first.time - back.first.time }
  /// Whether the capture misses the request on one leg, so that time and content had to tell which responses are one.
  var isByContent: Bool { front.request == nil || back.request == nil }
}

/// Finds which streamed responses are the two legs of one: by their requests or, where the capture misses one of these, by
/// time and content.
struct BodyPairing {
  /// A proxy passes a request on within this time.
  static let passTime = Interval.seconds(1)

  /// What a request has in common with the one that a proxy makes of it, and what the bodies begin with.
  private struct Asking: Hashable {
    var proxy: IPAddress
    var method: String
    var target: String
    var opening: UInt64?

    init?(_ body: StreamedBody, by proxy: IPAddress, opening: UInt64? = nil) {
      guard let request = body.request else { return nil }
      self.proxy = proxy
      method = request.method
      target = request.target
      self.opening = opening
    }

    var withoutOpening: Asking {
      var asking = self
      asking.opening = nil
      return asking
    }
  }

  /// What a response has in common with the one that a proxy makes of it.
  private struct Content: Hashable {
    var proxy: IPAddress
    var opening: UInt64

    init?(_ body: StreamedBody, by proxy: IPAddress) {
      guard let opening = body.fingerprint.opening else { return nil }
      self.proxy = proxy
      self.opening = opening
    }
  }

  private let bodies: [StreamedBody]
  /// What has found its other leg: as what a client got from a proxy, and as what a proxy got from a server.
  private var fronts: Set<Int> = []
  private var backs: Set<Int> = []
  private(set) var pairs: [BodyPair] = []

  init(_ bodies: [StreamedBody]) {
    self.bodies = bodies
    pairByRequest()
    if bodies.contains(where: { $0.request == nil }) { pairByContent() }
    pairByRequestAlone()
  }

  private mutating func pair(_ front: Int, _ back: Int) {
    guard let request = bodies[front].request ?? bodies[back].request else { return }
    fronts.insert(front)
    backs.insert(back)
    pairs.append(BodyPair(front: bodies[front], back: bodies[back], request: request))
  }

  /// Pairs each response with the first one like it that the proxy asked for, soon after it was asked itself.
  private mutating func pairByRequest() {
    var alike = BodyIndex(bodies) { Asking($1, by: $1.client.address, opening: $1.fingerprint.opening) }
    var any = BodyIndex(bodies) { Asking($1, by: $1.client.address) }
    for front in bodies.indices.sorted(by: { (bodies[$0].asked.time, $0) < (bodies[$1].asked.time, $1) }) {
      let body = bodies[front]
      guard let key = Asking(body, by: body.server.address, opening: body.fingerprint.opening) else { continue }
      // What begins in a hole, or ends after a few bytes, may be any of those that were asked for alike.
      let back =
        key.opening == nil
        ? first(in: &any, key, of: front)
        : first(in: &alike, key, of: front) ?? first(in: &alike, key.withoutOpening, of: front)
      if let back { pair(front, back) }
    }
  }

  private func first(in index: inout BodyIndex<Asking>, _ key: Asking, of front: Int) -> Int? {
    index.first(
      key, from: bodies[front].asked.time, within: Self.passTime, isTaken: { backs.contains($0) },
      where: { mayBeOne(front, $0) })
  }

  /// Pairs a response whose request is missing with one on the other leg, where neither could be another's as well.
  private mutating func pairByContent() {
    let frontIndex = BodyIndex(bodies) { fronts.contains($0) ? nil : Content($1, by: $1.server.address) }
    let backIndex = BodyIndex(bodies) { backs.contains($0) ? nil : Content($1, by: $1.client.address) }
    for place in bodies.indices where bodies[place].request == nil {
      if let front = front(of: place, frontIndex), back(of: front, backIndex) == place {
        pair(front, place)
      } else if let back = back(of: place, backIndex), front(of: back, frontIndex) == place {
        pair(place, back)
      }
    }
  }

  private func front(of back: Int, _ index: BodyIndex<Content>) -> Int? {
    guard let key = Content(bodies[back], by: bodies[back].client.address) else { return nil }
    return only(key, around: back, index) { mayBeOne($0, back) && isInOrder($0, back) }
  }

  private func back(of front: Int, _ index: BodyIndex<Content>) -> Int? {
    guard let key = Content(bodies[front], by: bodies[front].server.address) else { return nil }
    return only(key, around: front, index) { mayBeOne(front, $0) && isInOrder(front, $0) }
  }

  /// Pairs what is left by the requests alone, where neither could be another's as well: a proxy may alter what it passes
  /// on.
  private mutating func pairByRequestAlone() {
    let frontIndex = BodyIndex(bodies) { fronts.contains($0) ? nil : Asking($1, by: $1.server.address) }
    let backIndex = BodyIndex(bodies) { backs.contains($0) ? nil : Asking($1, by: $1.client.address) }
    for front in bodies.indices where !fronts.contains(front) {
      guard let key = Asking(bodies[front], by: bodies[front].server.address),
        let back = only(key, around: front, backIndex, where: { isInOrder(front, $0) }),
        only(key, around: back, frontIndex, where: { isInOrder($0, back) }) == front
      else { continue }
      pair(front, back)
    }
  }

  /// The one body that was asked for at about the time of another and fits.
  private func only<Key>(
    _ key: Key, around place: Int, _ index: BodyIndex<Key>, where fits: (Int) -> Bool
  ) -> Int? {
    index.only(key, around: bodies[place].asked.time, within: Self.passTime, where: fits)
  }

  /// Whether two bodies may be one that a proxy got and passed on, as far as their ends and their lengths tell.
  private func mayBeOne(_ front: Int, _ back: Int) -> Bool {
    let lengths = (bodies[front].fingerprint.length, bodies[back].fingerprint.length)
    return areApart(front, back) && (lengths.0 == nil || lengths.1 == nil || lengths.0 == lengths.1)
  }

  /// Whether two bodies came over two legs.
  private func areApart(_ front: Int, _ back: Int) -> Bool {
    bodies[front].server != bodies[back].server && bodies[front].connection != bodies[back].connection
  }

  /// Whether a body came to the client after it came to the proxy, and was asked for before.
  private func isInOrder(_ front: Int, _ back: Int) -> Bool {
    // When a missing request was made is known only by what came after it.
    let isAskedFirst = bodies[front].request == nil || bodies[front].asked.time <= bodies[back].asked.time
    return areApart(front, back) && isAskedFirst && bodies[back].head.time <= bodies[front].head.time
      && bodies[back].first.time <= bodies[front].first.time
  }
}
