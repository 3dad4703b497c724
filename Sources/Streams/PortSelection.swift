/// The TCP ports whose connections are followed.
package struct PortSelection: Equatable, Sendable {
  private var ports: [UInt16]
  private var isAny: Bool

  /// Every port; then only the handshake or the application shows which side is the server.
  package static let any = PortSelection(ports: [], isAny: true)

  /// The given ports.
  package init(_ ports: [UInt16]) { self.init(ports: ports, isAny: false) }

  private init(ports: [UInt16], isAny: Bool) {
    self.ports = ports
    self.isAny = isAny
  }

  /// Whether a connection with this port on one side is followed.
  package func contains(_ port: UInt16) -> Bool { isAny || lists(port) }

  /// Whether a port is one of those that were named, and so a server's.
  package func lists(_ port: UInt16) -> Bool {
    for candidate in ports where candidate == port { return true }
    return false
  }
}
