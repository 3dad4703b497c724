/// Which way bytes go on a connection.
package enum Direction: UInt8, BitwiseCopyable, Hashable, Sendable, CaseIterable {
  case clientToServer = 0
  case serverToClient = 1

  // The one of `RawRepresentable` is behind a witness table that other modules cannot see through.
  @inlinable @inline(__always)
  package static func == (a: Direction, b: Direction) -> Bool {
    switch (a, b) {
    case (.clientToServer, .clientToServer), (.serverToClient, .serverToClient): true
    default: false
    }
  }

  /// The other way.
  @inlinable
  package var reversed: Direction { self == .clientToServer ? .serverToClient : .clientToServer }
}

/// A pair of values, one for each direction, so that both go through one piece of code.
package struct Directional<Value> {
  package var clientToServer: Value
  package var serverToClient: Value

  @inlinable
  package init(clientToServer: Value, serverToClient: Value) {
    self.clientToServer = clientToServer
    self.serverToClient = serverToClient
  }

  /// The same value in both directions.
  @inlinable
  package init(both value: Value) { self.init(clientToServer: value, serverToClient: value) }

  @inlinable
  package subscript(direction: Direction) -> Value {
    @inline(__always) get { direction == .clientToServer ? clientToServer : serverToClient }
    @inline(__always) _modify {
      if direction == .clientToServer { yield &clientToServer } else { yield &serverToClient }
    }
  }
}

extension Directional: Sendable where Value: Sendable {}
extension Directional: BitwiseCopyable where Value: BitwiseCopyable {}
extension Directional: Equatable where Value: Equatable {}
