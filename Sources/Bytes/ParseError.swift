/// Why a piece of a packet could not be read: facts, from which a report makes its sentence.
package struct ParseError: Error, Equatable, Sendable {
  /// The protocol layer whose syntax was not met.
  package var layer: Layer
  /// What was wrong.
  package var reason: Reason

  package init(_ layer: Layer, _ reason: Reason) {
    self.layer = layer
    self.reason = reason
  }

  /// A layer that has fewer bytes than it needs.
  @inlinable
  package static func short(_ layer: Layer, needed: Int, available: Int) -> ParseError {
    ParseError(layer, .short(needed: needed, available: available))
  }

  /// What is wrong with the bytes.
  package enum Reason: Equatable, Sendable {
    /// Fewer bytes than the header or field needs; both counts in bytes from the layer's start.
    case short(needed: Int, available: Int)
    /// A field has a value that its document rules out.
    case invalid(StaticField)
    /// A named limit of this program was reached.
    case limit(StaticField, Int)
  }

  /// The name of a field or rule, fixed at compile time.
  package struct StaticField: Equatable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    package var name: StaticString

    package init(stringLiteral value: StaticString) { name = value }

    package static func == (a: StaticField, b: StaticField) -> Bool { a.description == b.description }

    package var description: String { "\(name)" }
  }
}

/// The protocol layers, from the wire up.
package enum Layer: String, Sendable {
  case capture, link, vlan, tunnel, ip, fragment, tcp, http, webSocket, deflate, engineIO, socketIO, msgpack
}
