import Analysis
import Packets

/// A message longer than its receiver accepts, refused with 1009 or 413.
struct OversizeMessage: Rule {
  static let entry = CatalogueEntry(
    "oversize-message",
    summary: "A message is larger than its receiver accepts, which refused it: Close code 1009, or status 413.",
    proof: """
      A Close frame with code 1009, a 413 for a long-polling POST; or, where the message is longer than the session's \
      `maxPayload`, any Close frame or end of the connection within a second after its frame's header, and a 400 for a \
      POST (python-engineio answers so). The frame may be cut short: its header is enough.
      """,
    causes: """
      An upload above `maxHttpBufferSize` (python-socketio: `max_http_buffer_size`; 1 MB by default, `maxPayload` in the \
      handshake); nginx's `client_max_body_size` \
      (1 MiB by default) for long-polling; `maxPayload` of the `ws` package (100 MiB).
      """,
    remedy: """
      Raise `maxHttpBufferSize` on the server (and nginx's `client_max_body_size` for long-polling), or send the data in \
      pieces or over plain HTTP.
      """,
    mistakenFor: "A broken network: the client sees its connection close in the middle of an upload and reconnects.")

  private var refused: [Analysis.OversizeMessage] = []

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    switch event {
    case .messageRefused(let message): refused.append(message)
    case .connectionClosed(let connection):
      for request in connection.requests where OversizeMessage.isTooLong(request) {
        if let message = Analysis.OversizeMessage(request, on: connection) { refused.append(message) }
      }
    default: break
    }
  }

  /// Whether a long-polling request was refused for its length.
  static func isTooLong(_ request: RequestSummary) -> Bool {
    if request.cause == .oversize { return true }
    return request.status == 413 && request.targetHas("EIO=") && request.targetHas("transport=polling")
  }

  func conclude(in scene: Scene) -> [Finding] {
    grouped(refused, by: { "\(OversizeMessage.how($0.refusal)) \($0.direction)" }, place: \.place)
      .map { finding($0, scene) }
  }

  private static func how(_ refusal: Analysis.OversizeMessage.Refusal) -> String {
    switch refusal {
    case .close: "Close code 1009"
    case .otherClose(let code?): "Close code \(code)"
    case .otherClose(nil): "an empty Close frame"
    case .ended: "the end of the connection"
    case .status(let status, let server, let isEmpty):
      isEmpty ? "status \(status)" : "status \(status) from \(server ?? "a proxy")"
    }
  }

  private func finding(_ group: [Analysis.OversizeMessage], _ scene: Scene) -> Finding {
    let first = group[0]
    let how = OversizeMessage.how(first.refusal)
    let length = first.length.map { counted($0, "byte") } ?? "a message"
    let limit = first.limit.map { " The session's handshake allows \(counted($0, "byte")) (maxPayload)." } ?? ""
    let isProxy = if case .status(_, _, isEmpty: false) = first.refusal { true } else { false }
    let sender = first.direction.sender
    let uploads = Set(group.map { "\($0.place.webSocket) \($0.length ?? 0)" }).count
    var finding = Finding(
      "oversize-message", .error, .certain, blame: isProxy ? .proxy : first.direction.senderBlame,
      connections: connections(of: group.map(\.place)), at: first.began,
      packets: group.flatMap { [$0.began, $0.refused] },
      title: "the \(sender) sent \(length), more than its receiver takes: \(how)",
      detail: """
        \(first.direction == .clientToServer ? first.place.client : first.place.server) sent \(length) \
        (\(scene.place(first.began))); the answer was \(how) (\(scene.place(first.refused))).\(limit) The message was \
        not delivered\(isProxy ? "" : ", and the session ended with it").
        """,
      evidence: [
        ("length", .count(Int(clamping: first.length ?? 0))), ("threshold", .count(first.limit ?? 0)),
        ("refusal", .text(how)), ("direction", .text(sender == "client" ? "clientToServer" : "serverToClient")),
      ],
      remedy: remedy(first))
    finding.sid = first.place.sid
    finding.until = group.map(\.refused).max { $0.time < $1.time }
    finding.count = uploads
    finding.endpoints = (first.place.client, first.place.server)
    if case .status = first.refusal { finding.explains = ["request-refused"] }
    return finding
  }

  private func remedy(_ message: Analysis.OversizeMessage) -> String {
    switch message.refusal {
    case .status(_, let server, isEmpty: false):
      return
        "\(server?.hasPrefix("nginx") == true ? "nginx" : "The proxy") refuses it: client_max_body_size 10m; in the location of the Socket.IO path, and maxHttpBufferSize on the server."
    default:
      guard message.direction == .clientToServer else {
        return
          "Raise the client's limit (maxPayload of the ws package, max_size of Python's websockets), or send less at once."
      }
      return
        "Raise the limit on the server, new Server(httpServer, { maxHttpBufferSize: 1e7 }) or socketio.AsyncServer(max_http_buffer_size=10_000_000), or send the data in pieces or by an HTTP upload."
    }
  }
}
