import Packets

/// Writes what a report lists as the objects that the contract names.
///
/// One for a run: it knows from when times are counted, and whether a packet's number needs its capture.
package struct RecordWriter: ~Copyable {
  /// Packets that a finding lists.
  package static let packetLimit = 1000
  /// Connections that a finding lists.
  package static let connectionLimit = 100

  package var json = JSONWriter()
  /// From when times are counted.
  var epoch: Timestamp
  let hasSeveralCaptures: Bool
  /// Of the message before.
  var latestLayers = MessageLayers()

  package init(epoch: Timestamp, captureCount: Int) {
    self.epoch = epoch
    hasSeveralCaptures = captureCount > 1
  }

  /// Begins an object, with its type where it is a line of ndjson.
  mutating func begin(_ type: StaticString?) {
    json.beginObject()
    if let type {
      json.key("type")
      json.separate()
      json.literal("\"")
      json.literal(type)
      json.literal("\"")
    }
  }

  /// A moment in seconds since the epoch.
  mutating func time(_ name: StaticString, _ reference: PacketReference?) {
    json.field(name, reference.map { $0.time - epoch })
  }

  mutating func packet(_ reference: PacketReference) {
    guard hasSeveralCaptures else { return json.number(reference.number) }
    json.beginObject()
    json.field("capture", reference.capture)
    json.field("number", reference.number)
    json.endObject()
  }

  mutating func packets(_ name: StaticString, _ references: some Sequence<PacketReference>) {
    json.key(name)
    json.beginArray()
    for reference in references { packet(reference) }
    json.endArray()
  }

  mutating func endpoint(_ name: StaticString, _ endpoint: Endpoint) {
    json.key(name)
    json.beginObject()
    json.field("address", endpoint.address.description)
    json.field("port", Int(endpoint.port))
    json.endObject()
  }

  mutating func directional(_ name: StaticString, _ pair: Directional<Int>) {
    json.key(name)
    json.beginObject()
    for direction in Direction.allCases { json.field(direction.jsonName, pair[direction]) }
    json.endObject()
  }
}

extension Direction {
  /// The direction's name in JSON.
  var jsonName: StaticString {
    switch self {
    case .clientToServer: "clientToServer"
    case .serverToClient: "serverToClient"
    }
  }

  /// The side that sends in this direction.
  var sender: String {
    switch self {
    case .clientToServer: "client"
    case .serverToClient: "server"
    }
  }
}
