import FlyingFox
import FlyingSocks
import Foundation
import Packets
import Synchronization

/// Serves a text at `/metrics`, and at `/healthz` that the program runs.
///
/// The text is handed over by the capturing thread whenever it is new; a request gets the latest one.
package final class MetricsServer: Sendable {
  private enum State {
    case starting, listening
    case failed(String)
  }

  private let text = Mutex("")
  private let state = Mutex(State.starting)
  private let address: Endpoint

  /// How long the socket may take to be there.
  private static let startTimeout = Duration.seconds(5)

  /// Prepares a server for an address; nothing listens before ``start()``.
  package init(address: Endpoint) { self.address = address }

  /// What the next request gets.
  package func publish(_ text: String) { self.text.withLock { $0 = text } }

  /// Listens, on threads of its own.
  ///
  /// - Returns: what went wrong, in the system's words; `nil` where the socket is open.
  package func start() -> String? {
    Task.detached { [self] in await listen() }
    let end = ContinuousClock.now + MetricsServer.startTimeout
    while ContinuousClock.now < end {
      switch state.withLock({ $0 }) {
      case .listening: return nil
      case .failed(let reason): return reason
      case .starting: usleep(5_000)
      }
    }
    return "nothing listens after \(MetricsServer.startTimeout)"
  }

  private func listen() async {
    do {
      let server = try server()
      await server.appendRoute("GET,HEAD /metrics") { [self] _ in
        HTTPResponse(
          statusCode: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
          body: Data(text.withLock { $0 }.utf8))
      }
      await server.appendRoute("GET,HEAD /healthz") { _ in
        HTTPResponse(statusCode: .ok, headers: [.contentType: "text/plain; charset=utf-8"], body: Data("ok\n".utf8))
      }
      Task { [self] in
        try await server.waitUntilListening(timeout: 4)
        state.withLock { $0 = .listening }
      }
      try await server.run()
    } catch {
      state.withLock { $0 = .failed("\(error)") }
    }
  }

  private func server() throws -> HTTPServer {
    let host = address.address.description
    return address.address.isIPv4
      ? HTTPServer(address: try .inet(ip4: host, port: address.port), logger: .disabled)
      : HTTPServer(address: try .inet6(ip6: host, port: address.port), logger: .disabled)
  }
}
