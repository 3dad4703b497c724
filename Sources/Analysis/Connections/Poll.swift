import Bytes
import HTTP
import Packets
import SocketIO

/// A long-polling request of Engine.IO and the body that comes with it.
struct Poll {
  var sid: String?
  var version: EngineIOVersion
  /// Which way the payload goes: a GET's in the answer, a POST's in the request.
  var payloadDirection: Direction
  var content: BodyReading?

  /// What reads the payload.
  struct BodyReading {
    var encoding: String?
    var decoder: PayloadDecoder?
    var inflated: [UInt8] = []
  }
}
