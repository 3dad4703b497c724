import Bytes
import Packets

/// Which namespaces a client asked to join on one leg, and what became of it (socket.io-protocol, "Connection to a
/// namespace").
struct NamespaceDialogue {
  /// More open questions than a client has namespaces.
  private static let mostAsked = 64

  private(set) var asked: [(namespace: String, at: PacketReference)] = []
  /// Whether the beginning of the session was seen and no CONNECT has come.
  var awaitsConnect = false
  private(set) var hasJoined = false
  private(set) var wasRefused = false
  private(set) var hasAsked = false

  /// Takes a client's CONNECT.
  mutating func ask(_ namespace: String, at reference: PacketReference) {
    awaitsConnect = false
    hasAsked = true
    guard asked.count < NamespaceDialogue.mostAsked, !asked.contains(where: { $0.namespace == namespace }) else {
      return
    }
    asked.append((namespace, reference))
  }

  /// Takes the server's CONNECT; the question that it answers.
  @discardableResult
  mutating func join(_ namespace: String) -> PacketReference? {
    hasJoined = true
    awaitsConnect = false
    return settle(namespace)
  }

  /// Takes a CONNECT_ERROR; the question that it answers.
  mutating func refuse(_ namespace: String) -> PacketReference? {
    wasRefused = true
    awaitsConnect = false
    return settle(namespace)
  }

  private mutating func settle(_ namespace: String) -> PacketReference? {
    guard let index = asked.firstIndex(where: { $0.namespace == namespace }) else { return nil }
    return asked.remove(at: index).at
  }

  /// Forgets what was asked, where answers may be missing from the capture.
  mutating func forget() {
    asked = []
    awaitsConnect = false
  }
}

extension NamespaceDialogue: Parceled {
  static var blank: NamespaceDialogue { NamespaceDialogue() }

  mutating func code(_ parcel: Parcel) {
    parcel.keep(&asked)
    parcel.code(&awaitsConnect)
    parcel.code(&hasJoined)
    parcel.code(&wasRefused)
    parcel.code(&hasAsked)
  }
}
