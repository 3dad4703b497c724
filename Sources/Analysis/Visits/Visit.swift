import Bytes
import Packets

/// A client's try to get into a session, or into a WebSocket without one, and what became of it.
package typealias Visit = CopyOnWrite<VisitFacts>

/// The fields of a ``Visit``.
package struct VisitFacts: Sendable {
  package var sid: String?
  package var connections: [Int]
  package var leg: Leg
  package var client: Endpoint
  package var server: Endpoint
  /// The client as proxies name it (the first of X-Forwarded-For) and as it names itself.
  package var forwardedFor: String?
  package var userAgent: String?
  /// The first request.
  package var started: PacketReference
  /// Whether the session (or WebSocket) came about.
  package var isOpened: Bool
  /// Whether anything was done with it after its opening.
  package var isUsed: Bool
  /// How it ended; `nil` where it was open when the capture ended.
  package var ending: VisitEnding?
  /// The page's origin and what the answer allowed, where the request came from another origin.
  package var crossOrigin: CrossOriginRequest?
}

/// The end of a visit, or the failure to begin.
package struct VisitEnding: BitwiseCopyable, Sendable {
  package var at: PacketReference
  package var by: Direction
  package var isClean: Bool
}

/// A request from a page of another origin (Fetch standard, "CORS protocol").
package struct CrossOriginRequest: Sendable {
  package var origin: String
  /// Access-Control-Allow-Origin of the answer; `nil` where it has none.
  package var allowed: String?
  package var status: Int
  package var isPreflight: Bool
  package var answer: PacketReference

  /// Whether a browser lets the page use the answer.
  package var isAllowed: Bool { allowed == "*" || allowed?.lowercased() == origin.lowercased() }
}

extension VisitFacts: Parceled {
  package static var blank: VisitFacts {
    let nowhere = Endpoint(address: IPAddress(high: 0, low: 0), port: 0)
    return VisitFacts(
      connections: [], leg: .only, client: nowhere, server: nowhere, started: .none, isOpened: false, isUsed: false)
  }

  package mutating func code(_ parcel: Parcel) {
    parcel.code(&sid)
    parcel.code(&connections)
    parcel.code(&leg)
    parcel.code(&client)
    parcel.code(&server)
    parcel.code(&forwardedFor)
    parcel.code(&userAgent)
    parcel.code(&started)
    parcel.code(&isOpened)
    parcel.code(&isUsed)
    parcel.code(&ending)
    parcel.keep(&crossOrigin)
  }
}
