import Capture
import Packets

/// All that a live capture keeps of its packets: files, which are given up and said once when they can't be written any
/// more, and the newest packets in memory, for captures of findings and for a user who asks for them.
package struct PacketKeeping {
  /// Bytes of packets that wait in memory: half a minute at 17 Mbit/s.
  static let memory = 64 << 20

  private var writer: RingWriter?
  private var findings: FindingCaptures?
  private var memory: PacketMemory?
  private let linkType: LinkType
  /// Where a user's captures go: the first folder that takes them.
  private let folders: [String]
  private var troubles: [Trouble] = []
  private var hasToldExhaustion = false
  /// Whether there is anything to do for a packet.
  package private(set) var isOn: Bool

  /// What a user must be told.
  package enum Trouble: Sendable, Equatable {
    /// A file can't be written any more.
    case givenUp(CaptureError)
    /// Findings have got as many captures as one run makes.
    case noMoreCaptures
  }

  /// - Parameters:
  ///   - linkType: that of all packets.
  ///   - writer: the file, or ring, that gets all of them.
  ///   - findings: captures of findings.
  ///   - folders: where captures go that a user asks for; without one, nobody will ask.
  package init(linkType: LinkType, writer: RingWriter?, findings: FindingCaptures?, folders: [String] = []) {
    self.linkType = linkType
    self.writer = writer
    self.findings = findings
    self.folders = folders
    if findings != nil || !folders.isEmpty {
      memory = PacketMemory(capacity: PacketKeeping.memory, age: FindingCaptures.before + FindingCaptures.lateness)
    }
    isOn = writer != nil || memory != nil
  }

  /// Bytes in the file or files of the writer, for a status line; `nil` where there is none.
  package var savedBytes: Int? { writer?.bytes }

  /// Whether the writer's oldest files give way.
  package var isRing: Bool { writer?.isRing ?? false }

  /// Bytes of packets in memory; `nil` where none are kept.
  package var keptBytes: Int? { memory?.byteCount }

  /// Saves a packet.
  package mutating func append(_ packet: CapturedPacket, _ bytes: RawSpan) {
    memory?.append(packet, bytes)
    do throws(CaptureError) {
      try writer?.append(packet, bytes)
    } catch {
      giveUpWriting(error)
    }
    do throws(CaptureError) {
      try findings?.append(packet, bytes)
    } catch {
      giveUpFindings(error)
    }
  }

  /// Writes what waits, and begins the captures of new findings.
  package mutating func note(_ changes: [FindingLedger.Change], at clock: Timestamp) {
    do throws(CaptureError) {
      try writer?.flush()
    } catch {
      giveUpWriting(error)
    }
    guard let memory else { return }
    do throws(CaptureError) {
      try findings?.note(changes, at: clock, from: memory)
    } catch {
      giveUpFindings(error)
    }
    if findings?.isExhausted == true, !hasToldExhaustion {
      hasToldExhaustion = true
      troubles.append(.noMoreCaptures)
    }
  }

  /// Saves what is in memory to a file of its own.
  package func save(at now: Timestamp) -> SavedCapture? {
    memory.map { SavedCapture.save($0, linkType, in: folders, at: now) }
  }

  /// What went wrong since the last call.
  package mutating func takeTroubles() -> [Trouble] {
    defer { troubles = [] }
    return troubles
  }

  private mutating func giveUpWriting(_ error: CaptureError) {
    troubles.append(.givenUp(error))
    writer = nil
    isOn = memory != nil
  }

  private mutating func giveUpFindings(_ error: CaptureError) {
    troubles.append(.givenUp(error))
    findings = nil
    if folders.isEmpty { memory = nil }
    isOn = writer != nil || memory != nil
  }
}
