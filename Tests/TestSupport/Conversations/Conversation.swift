import Packets

/// A TCP connection as a script: who says what, and when; out come packets with right sequence numbers and checksums.
///
/// ```swift
/// var chat = Conversation()
/// chat.handshake()
/// chat.upgrade(target: "/socket.io/?EIO=4&transport=websocket")
/// chat.open(sid: "abc")
/// chat.send(.clientToServer, text: #"42["prompt",{"text":"hi"}]"#)
/// chat.send(.serverToClient, text: #"42["token","a"]"#, after: .milliseconds(50))
/// chat.close()
/// let file = chat.pcap()
/// ```
///
/// Every step takes place `after` an interval since the step before; `clock` is the time of the last step and may be
/// set. Steps that send data return the indices of its packets in `packets`, which stay valid: `drop`, `retransmit`,
/// `delay` and `duplicate` never renumber. The capture's order is the order of the times.
package struct Conversation: Sendable {
  package let client: Endpoint
  package let server: Endpoint
  package var link: LinkFraming
  /// The time of the last step.
  package var clock: Timestamp
  /// The longest TCP payload of one packet; longer data is split.
  package var maximumSegmentSize = 1448
  /// Whether the receiver of data sends a bare ACK, `acknowledgementDelay` later.
  package var acknowledgesData = true
  package var acknowledgementDelay = Interval(nanoseconds: 20_000)
  /// How long the SYN-ACK takes to come.
  package var roundTrip = Interval(nanoseconds: 400_000)
  /// Whether segments carry the timestamps option (RFC 7323 section 3).
  package var hasTimestamps = true
  /// The window field that each direction's sender advertises, in units of 128 bytes.
  package var windows = Directional<UInt16>(both: 502)
  /// What was sent so far, in the order of the script.
  package internal(set) var packets: [ScriptedPacket] = []

  private var senders: Directional<Sender>
  private let start: Timestamp

  /// Where one side stands.
  private struct Sender: Sendable {
    var sequence: UInt32
    var identification: UInt16
    var lastTimestamp: UInt32 = 0
  }

  /// 2026-01-01T12:00:00Z, where scripts begin unless told otherwise.
  package static let defaultStart = Timestamp(nanoseconds: 1_767_268_800_000_000_000)

  package init(
    client: Endpoint = .at("10.0.0.2", 50_000), server: Endpoint = .at("10.0.0.10", 8080),
    start: Timestamp = Self.defaultStart, link: LinkFraming = .ethernet,
    initialSequences: Directional<UInt32> = Directional(clientToServer: 1_000, serverToClient: 500_000)
  ) {
    self.client = client
    self.server = server
    self.start = start
    self.link = link
    clock = start
    senders = Directional(
      clientToServer: Sender(sequence: initialSequences.clientToServer, identification: 0x1000),
      serverToClient: Sender(sequence: initialSequences.serverToClient, identification: 0x8000))
  }

  /// The packets as a capture holds them: in the order of their times, without the dropped ones.
  package var recorded: [RecordedPacket] { packets.filter { !$0.isDropped }.map(\.recorded).sortedByTime() }

  /// A pcap file of this conversation alone.
  package func pcap() -> [UInt8] { PcapBuilder(recorded).bytes }

  /// The number, from 1, of a packet in a capture of this conversation alone.
  package func packetNumber(of index: Int) -> Int {
    precondition(!packets[index].isDropped, "a dropped packet has no number")
    let time = packets[index].time
    return 1
      + packets.enumerated().count { other, packet in
        !packet.isDropped && (packet.time, other) < (time, index)
      }
  }

  /// The sequence number that the next byte in a direction will have.
  package func nextSequence(_ direction: Direction) -> UInt32 { senders[direction].sequence }

  /// Lets time pass.
  package mutating func wait(_ interval: Interval) { clock = clock + interval }

  /// Sends one segment as given and moves the sender's sequence number on; returns its index.
  @discardableResult
  package mutating func segment(
    _ direction: Direction, flags: SegmentFlags, payload: [UInt8] = [], at time: Timestamp
  ) -> Int {
    let forward = direction == .clientToServer
    var packet = PacketBuilder(from: forward ? client : server, to: forward ? server : client)
    packet.link = link
    packet.identification = senders[direction].identification
    packet.sequence = senders[direction].sequence
    packet.acknowledgement = flags.contains(.ack) ? senders[direction.reversed].sequence : 0
    packet.flags = flags
    packet.window = flags.contains(.syn) ? 64_240 : windows[direction]
    packet.options = options(direction, isSYN: flags.contains(.syn), at: time)
    packet.payload = payload
    senders[direction].identification &+= 1
    senders[direction].sequence = packet.nextSequence
    packets.append(ScriptedPacket(time: time, direction: direction, packet: packet))
    return packets.count - 1
  }

  /// The options in the order in which Linux writes them.
  private mutating func options(_ direction: Direction, isSYN: Bool, at time: Timestamp) -> [SegmentOption] {
    let timestamps = hasTimestamps ? [timestamps(direction, at: time)] : []
    if isSYN { return [.maximumSegmentSize(1460), .sackPermitted] + timestamps + [.noOperation, .windowScale(7)] }
    return hasTimestamps ? [.noOperation, .noOperation] + timestamps : []
  }

  /// A sender's clock at a moment: it has a tick each millisecond.
  func stamp(_ direction: Direction, at time: Timestamp) -> UInt32 {
    let base: UInt32 = direction == .clientToServer ? 100_000 : 900_000
    return base &+ UInt32(truncatingIfNeeded: (time - start).nanoseconds / 1_000_000)
  }

  private mutating func timestamps(_ direction: Direction, at time: Timestamp) -> SegmentOption {
    let value = stamp(direction, at: time)
    senders[direction].lastTimestamp = value
    return .timestamps(value, senders[direction.reversed].lastTimestamp)
  }

  /// Sends bytes as data, split into segments, the last one with PSH; returns the indices of its packets.
  ///
  /// All segments bear the same time. The receiver acknowledges them once, unless `acknowledgesData` is false.
  @discardableResult
  package mutating func send(
    _ direction: Direction, bytes: [UInt8], after interval: Interval = .milliseconds(1)
  ) -> Range<Int> {
    wait(interval)
    let first = packets.count
    var offset = 0
    while offset < bytes.count {
      let end = min(bytes.count, offset + maximumSegmentSize)
      let flags: SegmentFlags = end == bytes.count ? [.ack, .psh] : .ack
      segment(direction, flags: flags, payload: Array(bytes[offset..<end]), at: clock)
      offset = end
    }
    let sent = first..<packets.count
    if acknowledgesData, !sent.isEmpty { segment(direction.reversed, flags: .ack, at: clock + acknowledgementDelay) }
    return sent
  }

  /// The same, at a moment; the clock never goes back.
  @discardableResult
  package mutating func send(_ direction: Direction, bytes: [UInt8], at time: Timestamp) -> Range<Int> {
    send(direction, bytes: bytes, after: max(.zero, time - clock))
  }
}
