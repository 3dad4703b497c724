import Analysis
import Packets

extension RecordWriter {
  /// An object of `captures`.
  package mutating func write(_ capture: CaptureInfo, type: StaticString? = nil) {
    begin(type)
    json.field("path", capture.path)
    json.field("format", capture.format)
    json.field("linkTypes", capture.linkTypes)
    json.field("packets", capture.packets)
    json.field("bytes", capture.bytes)
    json.field("firstPacket", capture.firstPacket?.utcText(fractionDigits: capture.fractionDigits))
    json.field("firstPacketEpoch", capture.firstPacket.map { $0 - Timestamp(nanoseconds: 0) })
    json.field("duration", capture.duration)
    json.field("packetsDropped", capture.dropped)
    json.field("packetsTruncated", capture.truncated)
    json.field("packetsDuplicated", capture.duplicated)
    json.field("packetsSkipped", capture.skippedTotal)
    let correction = capture.clock.correction
    json.field("clockOffset", correction?.offset)
    json.field("clockDrift", correction.map { $0.drift * 1e6 })
    json.field("clockUncertainty", correction == nil ? nil : capture.clock.uncertainty)
    json.key("otherPorts")
    json.beginArray()
    for other in capture.otherPorts {
      json.beginObject()
      json.field("port", Int(other.port))
      json.field("upgrades", other.upgrades)
      json.endObject()
    }
    json.endArray()
    json.endObject()
  }
}
