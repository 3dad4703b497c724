import Analysis
import Packets

/// Connections speak HTTP/2, which is not decoded: WebSockets within it (RFC 8441) stay unseen.
struct UnsupportedHTTP2: Rule {
  static let entry = CatalogueEntry(
    "unsupported-http2",
    summary: "Connections speak HTTP/2, which is not decoded: WebSockets in it stay unseen.",
    proof: """
      The client connection preface `PRI * HTTP/2.0` (RFC 9113 section 3.4). Over HTTP/2 a WebSocket begins with an \
      extended CONNECT (RFC 8441), not with a 101. A warning where nothing else is in the capture.
      """,
    causes: "A proxy or gRPC gateway that speaks HTTP/2 without TLS to its upstream.",
    remedy: "Capture on the leg that speaks HTTP/1.1, or switch HTTP/2 off for the test: nginx `http2 off;`.",
    mistakenFor: "missing-101: HTTP/2 knows no 101.")

  private var kinds = ContentKinds()

  init(thresholds: Thresholds) {}

  mutating func observe(_ event: TraceEvent) {
    if case .connectionClosed(let connection) = event { kinds.note(connection) }
  }

  func conclude(in scene: Scene) -> [Finding] {
    guard let first = kinds.http2.first else { return [] }
    let count = kinds.http2Count
    var finding = Finding(
      "unsupported-http2", kinds.readable == 0 ? .warning : .notice, .certain, blame: .capture,
      connections: kinds.http2.map(\.id), at: first.start, packets: [first.start],
      title:
        "\(counted(count, "connection")) to \(first.server) \(count == 1 ? "speaks" : "speak") HTTP/2, which is not decoded",
      detail: """
        The HTTP/2 preface stands at the beginning (first: \(scene.place(first.start))). WebSockets over HTTP/2 begin with \
        an extended CONNECT (RFC 8441) and can't be seen here.
        """,
      evidence: [("connections", .count(count)), ("threshold", .count(1))],
      remedy:
        "Capture the leg that speaks HTTP/1.1, behind the proxy; or switch HTTP/2 off for the test (nginx: http2 off;)."
    )
    finding.until = first.end
    finding.count = count
    finding.endpoints = (first.client, first.server)
    return [finding]
  }
}
