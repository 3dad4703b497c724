/// A `Sec-WebSocket-Key` with the `Sec-WebSocket-Accept` that answers it (RFC 6455 section 4.2.2).
///
/// The pairs are precomputed; the first is the RFC's own example.
package struct WebSocketKey: Hashable, Sendable {
  package var key: String
  package var accept: String

  /// The key of the example in RFC 6455 section 1.3.
  package static let example = all[0]

  /// Eight valid pairs.
  package static let all = [
    WebSocketKey(key: "dGhlIHNhbXBsZSBub25jZQ==", accept: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
    WebSocketKey(key: "d3N0cmFjZS10ZXN0LTAwMQ==", accept: "dNUnV6ZjwG2LZ1p/fcxEoa8ugho="),
    WebSocketKey(key: "d3N0cmFjZS10ZXN0LTAwMg==", accept: "hpFvZvBTGOfcV8Yr/tfD4QYPhfE="),
    WebSocketKey(key: "d3N0cmFjZS10ZXN0LTAwMw==", accept: "e4jq477+caHZSUrh44vSqyVybfw="),
    WebSocketKey(key: "d3N0cmFjZS10ZXN0LTAwNA==", accept: "Lyw7gp/eQy0OXLorqRb4YpOskmY="),
    WebSocketKey(key: "d3N0cmFjZS10ZXN0LTAwNQ==", accept: "W9sZDa3OHgeFI6k95cljgI1dJdQ="),
    WebSocketKey(key: "d3N0cmFjZS10ZXN0LTAwNg==", accept: "XqLKi1gCDvqtMfl3TIjx5Gby3O0="),
    WebSocketKey(key: "d3N0cmFjZS10ZXN0LTAwNw==", accept: "YnmjSWVmpxTVdm5/A7sO3wZ3QDk="),
  ]
}
