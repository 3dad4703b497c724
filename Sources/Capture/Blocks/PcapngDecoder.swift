import Bytes
import Packets

/// The packets of a pcapng file (draft-ietf-opsawg-pcapng): several sections, interfaces, clocks and byte orders.
struct PcapngDecoder {
  /// The link types of all interfaces so far, in order of appearance.
  private(set) var linkTypes: [LinkType] = []
  /// What sections and interfaces say in `opt_comment`.
  private(set) var comments: [String] = []
  /// The `if_name` of all interfaces so far.
  private(set) var interfaceNames: [String] = []
  /// Fractional digits of the finest time stamps: 6 or 9.
  private(set) var timestampDigits = 6
  /// Whether a Section Header Block was read.
  private(set) var hasSection = false

  private var order = FieldOrder(isSwapped: false)
  private var interfaces: [PcapngInterface] = []
  private var knownLinkTypes: Set<LinkType> = []
  private var droppedInPastSections = 0
  private var newestTime = Timestamp(nanoseconds: 0)
  private let limits: CaptureLimits

  /// The length of a Section Header Block without options, which any file begins with (section 4.1).
  static let shortestSection = 28

  init(limits: CaptureLimits) { self.limits = limits }

  /// Packets that the file says were dropped while it was captured.
  var dropped: Int { interfaces.reduce(droppedInPastSections) { $0.addingClamped($1.dropped) } }

  /// The next packet, or `nil` where more bytes are needed: then `offset` is at the start of a block.
  mutating func next(_ bytes: RawSpan, from offset: inout Int) throws(ParseError) -> PacketRecord? {
    while let block = try nextBlock(bytes, at: offset) {
      let record = try decode(block, bytes)
      offset = block.end
      if let record { return record }
    }
    return nil
  }

  /// A block that is wholly there.
  private struct Block {
    var type: PcapngBlockType
    /// The body, without the type and both lengths.
    var body: Range<Int>
    var end: Int
  }

  private mutating func nextBlock(_ bytes: RawSpan, at offset: Int) throws(ParseError) -> Block? {
    let available = bytes.byteCount - offset
    guard available >= 12 else { return nil }
    let type = PcapngBlockType(rawValue: order.uint32(bytes, at: offset))
    if type == .sectionHeader { order = try byteOrder(bytes, at: offset + 8) }
    let length = Int(order.uint32(bytes, at: offset + 4))
    guard length >= 12, length.isMultiple(of: 4) else { throw ParseError(.capture, .invalid("block's length")) }
    guard length <= limits.blockLength else { throw ParseError(.capture, .limit("block's length", length)) }
    guard length <= available else { return nil }
    let end = offset + length
    guard Int(order.uint32(bytes, at: end - 4)) == length else {
      throw ParseError(.capture, .invalid("second length of the block, which differs from the first,"))
    }
    return Block(type: type, body: offset + 8..<end - 4, end: end)
  }

  private mutating func decode(_ block: Block, _ bytes: RawSpan) throws(ParseError) -> PacketRecord? {
    switch block.type {
    case .enhancedPacket: return try enhancedPacket(bytes, block.body)
    case .packet: return try obsoletePacket(bytes, block.body)
    case .simplePacket: return try simplePacket(bytes, block.body)
    case .sectionHeader: try beginSection(bytes, block.body)
    case .interfaceDescription: try addInterface(bytes, block.body)
    case .interfaceStatistics: try takeStatistics(bytes, block.body)
    default: break
    }
    return nil
  }
}

// MARK: Sections and interfaces

extension PcapngDecoder {
  /// The byte order that a Section Header Block's magic number tells (section 4.1).
  private func byteOrder(_ bytes: RawSpan, at offset: Int) throws(ParseError) -> FieldOrder {
    switch bytes.nativeUInt32(at: offset) {
    case 0x1a2b_3c4d: return FieldOrder(isSwapped: false)
    case 0x4d3c_2b1a: return FieldOrder(isSwapped: true)
    default: throw ParseError(.capture, .invalid("byte-order magic of the section"))
    }
  }

  /// Begins a section: its interfaces are numbered from 0 again.
  ///
  /// Its length is not used: it may be -1, "not specified", and blocks are read one after the other anyway.
  private mutating func beginSection(_ bytes: RawSpan, _ body: Range<Int>) throws(ParseError) {
    guard body.count >= 16 else { throw .short(.capture, needed: 16, available: body.count) }
    guard order.uint16(bytes, at: body.lowerBound + 4) == 1 else {
      throw ParseError(.capture, .invalid("version of the section"))
    }
    droppedInPastSections = dropped
    interfaces.removeAll(keepingCapacity: true)
    hasSection = true
    var options = PcapngOptions(in: body.dropFirst(16), order: order)
    while let option = try options.next(bytes) {
      if option.code == 1 { comments += text(option.value, bytes, after: comments) }
    }
  }

  private mutating func addInterface(_ bytes: RawSpan, _ body: Range<Int>) throws(ParseError) {
    guard interfaces.count < limits.interfaces else {
      throw ParseError(.capture, .limit("number of interfaces", interfaces.count + 1))
    }
    let interface = try PcapngInterface(parsing: bytes, body: body, order: order)
    if interface.resolution.isFinerThanMicroseconds { timestampDigits = 9 }
    if knownLinkTypes.insert(interface.linkType).inserted { linkTypes.append(interface.linkType) }
    if let name = interface.name { interfaceNames += text(name, bytes, after: interfaceNames) }
    if let comment = interface.comment { comments += text(comment, bytes, after: comments) }
    interfaces.append(interface)
  }

  private mutating func takeStatistics(_ bytes: RawSpan, _ body: Range<Int>) throws(ParseError) {
    guard body.count >= 12 else { throw .short(.capture, needed: 12, available: body.count) }
    let index = try interfaceIndex(Int(order.uint32(bytes, at: body.lowerBound)))
    try interfaces[index].take(statistics: bytes, options: body.dropFirst(12), order: order)
  }

  /// A text as far as the limits let it be kept, after those that are kept already.
  private func text(_ range: Range<Int>, _ bytes: RawSpan, after kept: [String]) -> [String] {
    kept.count < limits.texts ? [bytes.text(in: range.prefix(limits.textLength))] : []
  }

  private func interfaceIndex(_ number: Int) throws(ParseError) -> Int {
    guard number < interfaces.count else {
      throw ParseError(.capture, .invalid("number of the interface, which no block describes,"))
    }
    return number
  }
}

// MARK: Packets

extension PcapngDecoder {
  /// An Enhanced Packet Block (section 4.3).
  private mutating func enhancedPacket(_ bytes: RawSpan, _ body: Range<Int>) throws(ParseError) -> PacketRecord {
    guard body.count >= 20 else { throw .short(.capture, needed: 20, available: body.count) }
    let number = Int(order.uint32(bytes, at: body.lowerBound))
    return try packet(bytes, body, interface: number)
  }

  /// An obsolete Packet Block (appendix A), whose first word holds a number of drops beside the interface.
  private mutating func obsoletePacket(_ bytes: RawSpan, _ body: Range<Int>) throws(ParseError) -> PacketRecord {
    guard body.count >= 20 else { throw .short(.capture, needed: 20, available: body.count) }
    let number = try interfaceIndex(Int(order.uint16(bytes, at: body.lowerBound)))
    let drops = order.uint16(bytes, at: body.lowerBound + 2)
    // "a value of 0xFFFF means that the count is not available"
    if drops != 0xffff { interfaces[number].add(packetDrops: Int(drops)) }
    return try packet(bytes, body, interface: number)
  }

  /// What both kinds have in common: time, lengths, data, options.
  private mutating func packet(
    _ bytes: RawSpan, _ body: Range<Int>, interface number: Int
  ) throws(ParseError) -> PacketRecord {
    let index = try interfaceIndex(number)
    let captured = Int(order.uint32(bytes, at: body.lowerBound + 12))
    try check(captured, fits: body.count - 20)
    let start = body.lowerBound + 20
    let optionsStart = min(body.upperBound, start + (captured + 3) & ~3)
    if optionsStart < body.upperBound { try countDrops(bytes, optionsStart..<body.upperBound, interface: index) }
    newestTime = interfaces[index].time(bytes, at: body.lowerBound + 4, order: order)
    return PacketRecord(
      time: newestTime, data: start..<start + captured,
      wireLength: Int(order.uint32(bytes, at: body.lowerBound + 16)), linkType: interfaces[index].linkType)
  }

  /// A Simple Packet Block (section 4.4) of interface 0: no time, and a captured length only by the snap length.
  ///
  /// Its time is that of the packet before it, the latest moment that the file proves.
  private func simplePacket(_ bytes: RawSpan, _ body: Range<Int>) throws(ParseError) -> PacketRecord {
    guard body.count >= 4 else { throw .short(.capture, needed: 4, available: body.count) }
    let interface = interfaces[try interfaceIndex(0)]
    let wireLength = Int(order.uint32(bytes, at: body.lowerBound))
    let captured = min(wireLength, interface.snapLength ?? wireLength)
    try check(captured, fits: body.count - 4)
    let start = body.lowerBound + 4
    return PacketRecord(
      time: newestTime, data: start..<start + captured, wireLength: wireLength, linkType: interface.linkType)
  }

  private func check(_ captured: Int, fits room: Int) throws(ParseError) {
    guard captured <= limits.packetLength else { throw ParseError(.capture, .limit("packet's length", captured)) }
    guard captured <= room else { throw ParseError(.capture, .invalid("packet's length")) }
  }

  /// Counts `epb_dropcount`, "packets lost between this packet and the preceding one".
  private mutating func countDrops(_ bytes: RawSpan, _ range: Range<Int>, interface: Int) throws(ParseError) {
    var options = PcapngOptions(in: range, order: order)
    while let option = try options.next(bytes) {
      guard option.code == 4, option.value.count == 8 else { continue }
      interfaces[interface].add(packetDrops: Int(clamping: order.uint64(bytes, at: option.value.lowerBound)))
    }
  }
}
