/// The decoders, by the names of their harnesses.
enum Harness: String, CaseIterable {
  /// Capture files: their blocks alone, and with all that is made of their packets.
  case blocks
  case recordings
  case packets, streams, http, content
  case webSocket = "websocket"
  case payload = "polling"
  case socketIO = "socketio"
  case messagePack = "msgpack"
  case json
  case analysis

  /// Decodes an input; whatever it is, the decoder must neither trap nor read beyond it.
  func run(_ input: [UInt8]) {
    var script = InputScript(input)
    switch self {
    case .packets: decodePackets(&script)
    case .blocks: readCapture(input)
    case .recordings: analyzeRecording(input)
    case .streams: reassemble(&script)
    case .http: converse(&script)
    case .content: decodeContent(&script)
    case .webSocket: decodeFrames(&script)
    case .payload: decodePayload(&script)
    case .socketIO: parseSocketPackets(input)
    case .messagePack: parseMessagePack(input)
    case .json: parseJSON(input)
    case .analysis: analyze(&script)
    }
  }
}

/// An input as a script: numbers that steer the harness, and pieces of bytes for the decoder.
struct InputScript {
  private var rest: ArraySlice<UInt8>

  init(_ input: [UInt8]) { rest = input[...] }

  var isEmpty: Bool { rest.isEmpty }

  /// The next byte, 0 at the end.
  mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

  /// The next two bytes as a number.
  mutating func number() -> Int { Int(byte()) << 8 | Int(byte()) }

  /// The next bytes, as many as a number before them says and as there are.
  mutating func piece() -> [UInt8] {
    let count = min(number() & 0x7ff, rest.count)
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  /// All that is left.
  mutating func remainder() -> [UInt8] {
    defer { rest = [] }
    return Array(rest)
  }
}
