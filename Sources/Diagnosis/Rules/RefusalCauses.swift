import Analysis
import Packets

/// What a refusal's status and cause mean to people.
extension RequestRefused {
  static func title(_ kind: Kind, _ server: Endpoint) -> String {
    switch kind.cause {
    case "cached-answer": "a cache before \(server) answers polls"
    case "keep-alive-race": "\(server) closed an idle connection as a request came on it"
    case "cut-by-proxy": "polls of \(server) are cut before the server's ping answers them"
    case "overlapping-polls": "\(server) refuses a second poll while the first waits"
    case "overlapping-posts": "\(server) refuses a second POST while the first is under way"
    case "protocol-version": "\(server) does not take the client's Engine.IO version"
    case "transport-mismatch": "\(server) refuses polls of a session that moved to its WebSocket"
    default: "\(server) answers Socket.IO requests with \(kind.status)"
    }
  }

  static func fate(_ kind: Kind) -> String {
    if kind.cause == "cached-answer" { return "answered by a cache" }
    return kind.status == 0 ? "left without an answer" : "refused with \(kind.status)"
  }

  static func explanation(_ kind: Kind) -> String {
    switch kind.cause {
    case "cached-answer": " No two polls have the same answer; the client gets old packets again."
    case "keep-alive-race":
      " The server's keep-alive timeout is shorter than that of the pool of connections before it."
    case "cut-by-proxy": " A poll may wait for a whole pingInterval."
    case "overlapping-polls", "overlapping-posts":
      " A session may have one GET and one POST at a time; the server closes it."
    default: ""
    }
  }

  static func blame(_ kind: Kind) -> Blame {
    switch kind.cause {
    case "cached-answer", "cut-by-proxy": .proxy
    case "keep-alive-race": .server
    case "overlapping-polls", "overlapping-posts", "protocol-version", "transport-mismatch": .client
    default: kind.status == 502 || kind.status == 504 ? .server : .unknown
    }
  }

  static func remedy(_ kind: Kind, _ server: Endpoint, _ body: String) -> String {
    switch kind.cause {
    case "cached-answer":
      "Let no cache keep the Socket.IO path: proxy_cache off; in nginx, a bypass rule in the CDN; the server already sends cache-control: no-store."
    case "keep-alive-race":
      "Let the server keep idle connections longer than the proxy does: server.keepAliveTimeout = 65000 in Node, or keepalive_timeout 4s; in nginx's upstream block."
    case "cut-by-proxy":
      "Raise the proxy's read timeout above pingInterval (nginx: proxy_read_timeout 60s;), or lower pingInterval on the server."
    case "overlapping-polls", "overlapping-posts":
      "Let no proxy repeat requests (proxy_next_upstream off; for this path), and one client use a session."
    case "protocol-version":
      "Use client and server of the same major version (socket.io-client 3 and 4 speak EIO=4, 1 and 2 EIO=3), or allowEIO3: true on the server."
    case "transport-mismatch":
      "Nothing, if it happens once in an upgrade; else look for a second copy of the client that polls with the same sid."
    default:
      // Engine.IO says error 4 in JSON where its own check refuses.
      body.hasPrefix("{\"code\":4")
        ? "The server's own check refused with these words: look for them in allowRequest, in the cors or origin settings, and in the middleware that runs before Socket.IO; then at the cookie or token that the client sends."
        : remedy(status: kind.status, server)
    }
  }

  fileprivate static func remedy(status: Int, _ server: Endpoint) -> String {
    switch status {
    case 404:
      "Make the path agree: `path` of the client and the server (default /socket.io/) and the proxy's location for it."
    case 401, 403:
      "Look at what refuses: a JSON answer is the server's (allowRequest, middleware), an HTML page the proxy's (nginx: allow and deny, auth_basic, auth_request); then at the cookie or token that the client sends."
    case 413:
      "An HTML answer is nginx's: client_max_body_size 10m; in the location of the Socket.IO path. Else raise the server's: new Server(httpServer, { maxHttpBufferSize: 1e7 }). Or send less at once."
    case 502, 503, 504:
      "Look at the server behind \(server): it is down, refuses connections, or does not answer in time. The proxy's error log names the address that it tried."
    default:
      "Read the message of the answer: Engine.IO names what it misses (transport, method, EIO version). Then look at the server's log for this request."
    }
  }
}
