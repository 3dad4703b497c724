import Analysis
import Packets

extension UnansweredEvent {
  /// A CONNECT that neither CONNECT nor CONNECT_ERROR answered.
  func finding(_ legs: [UnansweredConnect], _ scene: Scene) -> Finding {
    let connect = legs[0]
    let server = legs.last?.place.server ?? connect.place.server
    var finding = Finding(
      "unanswered-event", .warning, .certain, blame: .server, blameDetail: .application,
      connections: connections(of: legs.map(\.place)), at: connect.sent,
      packets: legs.flatMap { [$0.sent, $0.observedUntil] },
      title: "the CONNECT to namespace \(connect.namespace) got no answer in \(duration(connect.waited))",
      detail: """
        The client asked to join \(connect.namespace) (\(scene.place(connect.sent))); \(duration(connect.waited)) later \
        neither CONNECT nor CONNECT_ERROR had come. The session's transport is open, but its socket is not connected.
        """,
      evidence: [
        ("waited", .number(connect.waited.seconds)), ("threshold", .number(UnansweredEvent.waitForConnect.seconds)),
        ("namespace", .text(connect.namespace)),
      ],
      remedy:
        "Look at the middleware of \(server) (io.use, io.of(…).use): one of them waits and never calls next(). The server closes after connectTimeout (45 s)."
    )
    finding.sid = connect.place.sid
    finding.endpoints = (connect.place.client, connect.place.server)
    return finding
  }
}
