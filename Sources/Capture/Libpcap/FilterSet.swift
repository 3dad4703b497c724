import Bytes
import Packets

/// One filter expression, compiled for each link type of a capture as it appears.
final class FilterSet {
  private let expression: String
  private let path: String
  private var filters: [LinkType: Compiled] = [:]
  private var current: Compiled?

  init(_ expression: String, path: String) {
    self.expression = expression
    self.path = path
  }

  /// Compiles the filter for a link type, so that errors come before the first packet.
  func prepare(for linkType: LinkType) throws(CaptureError) {
    guard current?.linkType != linkType else { return }
    if let compiled = filters[linkType] {
      current = compiled
    } else {
      let filter = try PacketFilter(expression, linkType: linkType, path: path)
      let compiled = Compiled(linkType: linkType, filter: filter)
      filters[linkType] = compiled
      current = compiled
    }
  }

  /// Whether a packet passes the filter of its link type.
  func matches(_ entry: PacketRun.Entry) throws(CaptureError) -> Bool {
    let packet = entry.packet
    try prepare(for: packet.linkType)
    let bytes = UnsafeRawBufferPointer(start: entry.start, count: packet.capturedLength)
    return current?.filter.matches(bytes.bytes, wireLength: packet.wireLength) ?? false
  }

  /// A compiled filter, which cannot be copied, as a dictionary's value.
  private final class Compiled {
    let linkType: LinkType
    let filter: PacketFilter

    init(linkType: LinkType, filter: consuming PacketFilter) {
      self.linkType = linkType
      self.filter = filter
    }
  }
}
