import Bytes
import Packets

/// An interface of a pcapng section, from its Interface Description Block (draft-ietf-opsawg-pcapng, section 4.2).
struct PcapngInterface: Equatable {
  var linkType: LinkType
  /// The most bytes of each packet that were captured; `nil` without limit.
  var snapLength: Int?
  var resolution = TimestampResolution.microseconds
  /// Seconds to add to each time stamp, `if_tsoffset`.
  var offsetSeconds: Int64 = 0
  var name: Range<Int>?
  var comment: Range<Int>?

  /// Packets that the newest Interface Statistics Block counts as dropped.
  private var statisticsDrops = 0
  /// Packets that packet blocks of their own count as dropped before them.
  private var packetDrops = 0

  /// Parses a block's body.
  init(parsing bytes: RawSpan, body: Range<Int>, order: FieldOrder) throws(ParseError) {
    guard body.count >= 8 else { throw .short(.capture, needed: 8, available: body.count) }
    linkType = LinkType(fileValue: UInt32(order.uint16(bytes, at: body.lowerBound)))
    let length = order.uint32(bytes, at: body.lowerBound + 4)
    snapLength = length == 0 ? nil : Int(length)
    var options = PcapngOptions(in: body.dropFirst(8), order: order)
    while let option = try options.next(bytes) {
      let value = option.value
      switch (option.code, value.count) {
      case (1, _): comment = value
      case (2, _): name = value
      case (9, 1):
        guard let resolution = TimestampResolution(option: bytes.byte(at: value.lowerBound)) else {
          throw ParseError(.capture, .invalid("if_tsresol of an interface"))
        }
        self.resolution = resolution
      case (14, 8): offsetSeconds = Int64(bitPattern: order.uint64(bytes, at: value.lowerBound))
      default: break
      }
    }
  }

  /// The time of a packet's two 32-bit halves.
  func time(_ bytes: RawSpan, at offset: Int, order: FieldOrder) -> Timestamp {
    let high = UInt64(order.uint32(bytes, at: offset))
    let low = UInt64(order.uint32(bytes, at: offset + 4))
    return resolution.time(high << 32 | low, offsetSeconds: offsetSeconds)
  }

  /// Packets that this interface lost: both counts are of the same losses, so the larger one holds.
  var dropped: Int { max(statisticsDrops, packetDrops) }

  /// Takes the cumulative counts of an Interface Statistics Block's options (section 4.6).
  mutating func take(statistics bytes: RawSpan, options range: Range<Int>, order: FieldOrder) throws(ParseError) {
    var total = 0
    var options = PcapngOptions(in: range, order: order)
    while let option = try options.next(bytes) {
      // isb_ifdrop and isb_osdrop: by the interface for want of room, and by the operating system.
      guard option.code == 5 || option.code == 7, option.value.count == 8 else { continue }
      total = total.addingClamped(Int(clamping: order.uint64(bytes, at: option.value.lowerBound)))
    }
    statisticsDrops = max(statisticsDrops, total)
  }

  /// Adds the packets lost between the one before and this one.
  mutating func add(packetDrops count: Int) {
    packetDrops = packetDrops.addingClamped(count)
  }
}

extension Int {
  /// The sum, or the largest number where it would overflow.
  func addingClamped(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
