import Bytes
import Packets
import SocketIO
import WebSocket

/// The short way of a server's messages to the streams that they belong to.
///
/// Kept by slot, beside the conversations, so that a message that only goes on with a stream needs nothing else of its
/// connection, and without references that are counted: the conversation of the slot owns the channel, its session the
/// leg. Closing the connection and joining another session shut the lane.
struct QuietLane {
  private let channel: Unmanaged<WebSocketChannel>
  private let leg: Unmanaged<Hop>
  private let session: Unmanaged<Session>
  /// What messages tell of the connection and the session.
  private let connection: Int
  private let sessionID: Int

  init(_ channel: WebSocketChannel, of conversation: Conversation, to leg: Hop, of session: Session) {
    self.channel = .passUnretained(channel)
    self.leg = .passUnretained(leg)
    self.session = .passUnretained(session)
    connection = conversation.id
    sessionID = session.id
  }

  /// The time since the server's bytes came last.
  @inline(__always)
  func gap(at time: Timestamp) -> Interval { channel._withUnsafeGuaranteedRef { $0.rhythm.gap(at: time) } }

  /// Takes the messages at the beginning of in-order bytes that only go on with a stream, and says how many bytes they are.
  @inline(__always)
  func take(
    _ bytes: RawSpan, _ state: inout AnalysisState, at reference: PacketReference, couldHaveWaited: Bool
  ) -> Int {
    var offset = 0
    var messages: UInt32 = 0
    while let text = channel._withUnsafeGuaranteedRef({ $0.decoders.serverToClient.plainText(bytes, at: offset) }),
      let name = state.names.plainEvent(bytes, in: text),
      leg._withUnsafeGuaranteedRef({ $0.takeQuietly(name, at: reference) })
    {
      channel._withUnsafeGuaranteedRef { $0.decoders.serverToClient.takePlainText(text) }
      if state.options.wantsMessages { tell(name, bytes.extracting(text), at: reference, &state) }
      offset = text.upperBound
      messages &+= 1
    }
    if offset > 0 {
      channel._withUnsafeGuaranteedRef {
        $0.offset.serverToClient &+= UInt64(offset)
        $0.lastQuietData = reference
        if couldHaveWaited { $0.rhythm.noteFreeSend() }
        $0.noteArrival(at: reference, length: offset, messages: messages)
      }
    }
    return offset
  }

  private func tell(_ name: NameID, _ payload: RawSpan, at reference: PacketReference, _ state: inout AnalysisState) {
    let event = PlainEvent(
      name: name, at: reference, connection: connection, session: sessionID, leg: leg._withUnsafeGuaranteedRef(\.leg),
      length: payload.byteCount)
    state.tell(event, of: session, payload)
  }
}
