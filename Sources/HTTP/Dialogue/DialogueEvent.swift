import Packets

extension Dialogue {
  /// What one direction of a connection said next.
  ///
  /// Exchanges are numbered from 1: exchange *n* is the *n*th request and the *n*th final response.
  package enum Event: Equatable, Sendable {
    /// A request head; its body and `end` follow.
    case request(RequestHead, exchange: Int)
    /// A provisional response (1xx other than 101); the final one follows.
    case interim(ResponseHead, exchange: Int)
    /// A final response head, a 101 included; its body and `end` follow, or `tunnel`.
    case response(ResponseHead, exchange: Int)
    /// Bytes of a body, chunk framing removed, content coding not, as a range of the span that was passed in.
    case body(Range<Int>, exchange: Int)
    /// The trailer section of a chunked body, where it has fields (RFC 9112 section 7.1.2).
    case trailers(HeaderFields, exchange: Int)
    /// The end of a message; incomplete where a hole, a fault or the connection's end cut it short.
    case end(exchange: Int, complete: Bool)
    /// The answer to this exchange made a tunnel: what follows in this direction belongs to another protocol.
    case tunnel(exchange: Int)
    /// Bytes that follow an upgrade request before its answer was seen, kept for `releaseHeldBack()`.
    case heldBack(Int, exchange: Int)
    /// `HTTPLimits.heldBackBytes` was reached; what is held back can be released at once, by a guess at the answer.
    case heldBackLimit(exchange: Int)
    /// A PROXY protocol header at the connection's start; both are `nil` for a proxy's own check (`LOCAL`, `UNKNOWN`).
    case proxyProtocol(source: Endpoint?, destination: Endpoint?)
    /// A TLS record where the first message should be; said once, the rest is skipped.
    case encrypted
    /// The client connection preface of HTTP/2 (RFC 9113 section 3.4); said once, the rest is skipped.
    case http2Preface
    /// The first bytes (up to 32) of something else where the first message should be; said once, the rest is skipped.
    case notHTTP([UInt8])
    /// Bytes that belong to no message.
    case skipped(Int)
    /// Syntax that leaves the rest unreadable. An `end` follows where a message had begun; then all is skipped.
    case fault(Fault, exchange: Int)
    /// A hole, and what it cost.
    case lost(Int, Loss)
  }

  /// Why a direction cannot be read on.
  package enum Fault: Error, Equatable, Sendable {
    /// No request line or status line stands where a message should begin.
    case startLine
    /// The connection ended within a head, after this many of its bytes.
    case incompleteHead(Int)
    /// A head or trailer section is longer than `HTTPLimits.headBytes`.
    case headLimit(Int)
    /// Content-Length is not a number.
    case invalidLength(String)
    /// Content-Length fields differ (RFC 9112 section 6.3).
    case conflictingLengths([String])
    /// A request's transfer codings do not end in `chunked`, so that its end cannot be known (section 6.1).
    case transferCodings([String])
    /// A chunk does not begin with a hexadecimal size.
    case chunkSize
    /// A chunk-size line is longer than `HTTPLimits.chunkLineBytes`.
    case chunkLineLimit(Int)
    /// A chunk's data is not followed by a line break.
    case chunkEnd
  }

  /// What the bytes that a capture misses were part of.
  package enum Loss: Equatable, Sendable {
    /// Within a body; what follows the hole is read as before, and the message's `end` is incomplete.
    case body(exchange: Int)
    /// Within the chunk framing of a body, which may go on behind it: how much of the body is missing is not known.
    ///
    /// The chunks are searched, and what comes before the next one is `skipped`. The message's `end`, which is incomplete,
    /// may wait for the next request: see `Dialogue.concludeLostBody`.
    case chunks(exchange: Int)
    /// Beyond the end of a body, or within chunk framing that can't be found again: the message's `end` follows and the next head is searched.
    case message(exchange: Int)
    /// Within a head, of which `discarded` bytes had been seen, or between messages: the next head is searched.
    ///
    /// Any number of messages may have been lost.
    case head(discarded: Int)
    /// In bytes that were skipped anyway.
    case skipped
    /// Behind an upgrade request whose answer is not known: the hole is not yet dealt with.
    ///
    /// Release what is held back, feed it, and report the hole to what then owns the direction.
    case unanswered(exchange: Int)
  }
}
