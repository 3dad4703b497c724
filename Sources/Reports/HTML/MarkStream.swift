import Analysis
import Bytes
import Packets

/// The messages of a capture packed for the page: about ten bytes each, so that a million fits into one file.
///
/// For each message: a byte with its kind (bits 0–3), its direction (4, set from the server), polling (5), cut short (6)
/// and whether a text of `details` belongs to it (7); then, as base-128 numbers, the time since the message before in
/// microseconds (zigzag), the connection, the event's index in `names` plus one, the length in bytes, the packet's number
/// less that of the message before (zigzag), and the capture where there are several.
struct MarkStream: ~Copyable {
  private(set) var bytes = ByteBuffer()
  private(set) var names: [String] = []
  private(set) var count = 0
  private var nameIndex: [String: Int] = [:]
  private var latest: (name: String, index: Int)?
  private var time: Timestamp
  private var packet = 0
  private let hasSeveralCaptures: Bool

  /// Different event names that the page can tell apart; those beyond have none there.
  private static let mostNames = 4096

  init(epoch: Timestamp, captureCount: Int) {
    time = epoch
    hasSeveralCaptures = captureCount > 1
  }

  /// Appends a message.
  mutating func add(_ message: MessageRecord, hasDetail: Bool) {
    count += 1
    var first = MarkKind(message).rawValue
    if message.direction == .serverToClient { first |= 0x10 }
    if message.transport == .polling { first |= 0x20 }
    if !message.isComplete { first |= 0x40 }
    if hasDetail { first |= 0x80 }
    bytes.append(first)
    // Differences of rounded times, so that rounding does not add up over a million of them.
    bytes.append(zigzag: MarkStream.microseconds(message.at.time) &- MarkStream.microseconds(time))
    time = message.at.time
    bytes.append(base128: UInt64(message.connection))
    bytes.append(base128: UInt64(name(message.socket?.event)))
    bytes.append(base128: UInt64(max(0, message.length)))
    bytes.append(zigzag: Int64(message.at.number &- packet))
    packet = message.at.number
    if hasSeveralCaptures { bytes.append(base128: UInt64(message.at.capture)) }
  }

  private static func microseconds(_ time: Timestamp) -> Int64 { time.nanoseconds / 1000 }

  private mutating func name(_ name: String?) -> Int {
    guard let name else { return 0 }
    // Most messages have the name of the one before.
    if let latest, latest.name == name { return latest.index }
    let index = index(of: name)
    latest = (name, index)
    return index
  }

  private mutating func index(of name: String) -> Int {
    if let index = nameIndex[name] { return index + 1 }
    guard names.count < MarkStream.mostNames else { return 0 }
    nameIndex[name] = names.count
    names.append(String(name.prefix(128)))
    return names.count
  }
}
