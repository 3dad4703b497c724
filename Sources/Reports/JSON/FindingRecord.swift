import Diagnosis
import Packets

extension RecordWriter {
  /// An object of `findings`.
  ///
  /// - Parameters:
  ///   - finding: its latest state.
  ///   - isWithdrawn: whether this line of ndjson takes it back.
  ///   - type: `finding` in ndjson.
  package mutating func write(_ finding: Finding, isWithdrawn: Bool = false, type: StaticString? = nil) {
    begin(type)
    json.field("id", finding.id.rawValue)
    json.field("severity", finding.severity.rawValue)
    json.field("confidence", finding.confidence.rawValue)
    json.field("number", finding.number)
    json.field("blame", finding.blame.rawValue)
    json.field("blameDetail", finding.blameDetail?.rawValue)
    json.field("connections", Array(finding.connections.prefix(RecordWriter.connectionLimit)))
    let connections = finding.connections.count + finding.leftOut.connections
    if connections > RecordWriter.connectionLimit { json.field("connectionsTotal", connections) }
    json.field("sid", finding.sid)
    time("at", finding.at)
    time("until", finding.until)
    self.packets("packets", finding.packets.prefix(RecordWriter.packetLimit))
    let packets = finding.packets.count + finding.leftOut.packets
    if packets > RecordWriter.packetLimit { json.field("packetsTotal", packets) }
    json.field("title", finding.title)
    json.field("detail", finding.detail)
    json.key("evidence")
    write(finding.evidence)
    json.field("remedy", finding.remedy)
    json.field("displayFilter", DisplayFilter.text(for: finding))
    json.field("count", finding.count)
    json.field("explains", finding.explains.map(\.rawValue))
    if isWithdrawn { json.field("withdrawn", true) }
    json.endObject()
  }

  /// Named values as an object: evidence, or settings.
  mutating func write(_ values: [(name: String, value: EvidenceValue)]) {
    json.beginObject()
    for (name, value) in values {
      json.key(name)
      switch value {
      case .number(let number): json.number(number)
      case .count(let count): json.number(count)
      case .text(let text): json.string(text)
      case .flag(let flag): json.boolean(flag)
      }
    }
    json.endObject()
  }
}
