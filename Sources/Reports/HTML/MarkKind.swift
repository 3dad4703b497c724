import Analysis
import Bytes
import SocketIO
import WebSocket

/// What a message is drawn as; the page's script has the same list.
enum MarkKind: UInt8 {
  case text = 0
  case binary, ping, pong, close
  case open, heartbeatPing, heartbeatPong, probe, upgrade, noop
  case event, ack, connect, disconnect, connectError

  // Borrowed: an initializer would else get a copy, with all that it refers to.
  init(_ message: borrowing MessageRecord) {
    if let type = message.socket?.type {
      self = MarkKind.socket(type)
      return
    }
    switch message.engineType {
    case .open: self = .open
    case .close: self = .disconnect
    case .ping: self = MarkKind.isProbe(message) ? .probe : .heartbeatPing
    case .pong: self = MarkKind.isProbe(message) ? .probe : .heartbeatPong
    case .upgrade: self = .upgrade
    case .noop: self = .noop
    default: self = MarkKind.frame(message.opcode)
    }
  }

  private static func socket(_ type: SocketPacketType) -> MarkKind {
    switch type {
    case .ack, .binaryAck: .ack
    case .connect: .connect
    case .disconnect: .disconnect
    case .connectError: .connectError
    default: .event
    }
  }

  private static func frame(_ opcode: Opcode) -> MarkKind {
    switch opcode {
    case .binary: .binary
    case .ping: .ping
    case .pong: .pong
    case .close: .close
    default: .text
    }
  }

  private static func isProbe(_ message: borrowing MessageRecord) -> Bool {
    message.payload.count == 6 && message.payload.span.bytes.starts(with: "probe", at: 1)
  }
}
