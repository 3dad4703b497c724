import Capture
import Packets

/// All the files to which a live capture saves packets; one that can't be written any more is given up, and said once.
package struct PacketKeeping {
  private var writer: RingWriter?
  private var findings: FindingCaptures?
  private var troubles: [CaptureError] = []
  /// Whether there is anything to do for a packet.
  package private(set) var isOn: Bool

  package init(writer: RingWriter?, findings: FindingCaptures?) {
    self.writer = writer
    self.findings = findings
    isOn = writer != nil || findings != nil
  }

  /// Bytes saved, for a status line; `nil` where nothing is.
  package var savedBytes: Int? { writer?.bytes }

  /// Saves a packet.
  package mutating func append(_ packet: CapturedPacket, _ bytes: RawSpan) {
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
    do throws(CaptureError) {
      try findings?.note(changes, at: clock)
    } catch {
      giveUpFindings(error)
    }
  }

  /// What went wrong since the last call.
  package mutating func takeTroubles() -> [CaptureError] {
    defer { troubles = [] }
    return troubles
  }

  private mutating func giveUpWriting(_ error: CaptureError) {
    troubles.append(error)
    writer = nil
    isOn = findings != nil
  }

  private mutating func giveUpFindings(_ error: CaptureError) {
    troubles.append(error)
    findings = nil
    isOn = writer != nil
  }
}
