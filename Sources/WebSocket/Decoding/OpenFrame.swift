/// The frame whose payload is coming.
struct OpenFrame {
  /// What the payload belongs to.
  enum Role {
    /// The data message that is open.
    case data
    /// A control message of its own.
    case control
    /// Nothing: a reserved opcode, or a continuation without a start.
    case nothing
  }

  /// How far the frame has come.
  enum Stage {
    case payload
    /// The payload is there; `fed` bytes of the tail that its sender took off have been inflated.
    case flushing(fed: Int)
    /// All bytes are there; what a whole message must fulfil is to be checked.
    case ending
    /// Checked.
    case ended
  }

  var header: FrameHeader
  var role: Role
  var stage = Stage.payload
  /// Payload bytes that have come.
  var received: UInt64 = 0
  /// Whether the inflater has output left that did not fit.
  var hasMoreOutput = false

  init(_ header: FrameHeader, role: Role) {
    self.header = header
    self.role = role
  }

  /// Payload bytes that have not come.
  var remaining: UInt64 { header.payloadLength &- received }

  /// Takes the next bytes' masking into account: the payload offset of the next byte, as far as masking looks at it.
  var maskPosition: Int { Int(received & 3) }
}
