import Analysis

/// What a message is drawn as; the page's script has the same list.
enum MarkKind: UInt8 {
  case text = 0
  case binary, ping, pong, close
  case open, heartbeatPing, heartbeatPong, probe, upgrade, noop
  case event, ack, connect, disconnect, connectError

  init(_ message: MessageRecord) {
    if let socket = message.socket {
      self = MarkKind.socket(socket.type)
      return
    }
    switch message.engineType {
    case "open": self = .open
    case "close": self = .disconnect
    case "ping": self = MarkKind.isProbe(message) ? .probe : .heartbeatPing
    case "pong": self = MarkKind.isProbe(message) ? .probe : .heartbeatPong
    case "upgrade": self = .upgrade
    case "noop": self = .noop
    default: self = MarkKind.frame(message.opcode)
    }
  }

  private static func socket(_ type: String) -> MarkKind {
    switch type {
    case "ACK", "BINARY_ACK": .ack
    case "CONNECT": .connect
    case "DISCONNECT": .disconnect
    case "CONNECT_ERROR": .connectError
    default: .event
    }
  }

  private static func frame(_ opcode: String) -> MarkKind {
    switch opcode {
    case "binary": .binary
    case "ping": .ping
    case "pong": .pong
    case "close": .close
    default: .text
    }
  }

  private static func isProbe(_ message: MessageRecord) -> Bool {
    message.payload.dropFirst().elementsEqual("probe".utf8)
  }
}
