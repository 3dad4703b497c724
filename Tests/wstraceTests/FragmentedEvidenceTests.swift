import Foundation
import Packets
import TestSupport
import Testing

/// Evidence of conversations whose IP packets came in fragments.
@Suite(.enabled(if: Tool.isBuilt, "wstrace is not built: swift build -c release"))
struct FragmentedEvidenceTests {
  private static let secret = "the patient has been told about it"

  /// Events of 1200 bytes in fragments of 512, ended by a reset.
  private static let packets: [RecordedPacket] = {
    var chat = Conversation()
    chat.handshake()
    chat.upgrade()
    chat.open(sid: "fJ6Qm2T8wq9yZx1cAAAB")
    for index in 0..<8 {
      let text = secret + String(repeating: " \(index)", count: 550)
      chat.send(.serverToClient, text: "42[\"token\",{\"text\":\"\(text)\"}]", after: .milliseconds(50))
    }
    chat.reset(by: .serverToClient)
    return chat.recorded.flatMap { fragments(of: $0) }
  }()

  /// The fragments of an IPv4 packet in an Ethernet frame.
  private static func fragments(of packet: RecordedPacket) -> [RecordedPacket] {
    let payload = Array(packet.bytes[34...])
    guard payload.count > 512 else { return [packet] }
    return stride(from: 0, to: payload.count, by: 512).map { start in
      let piece = payload[start..<min(payload.count, start + 512)]
      var header = Array(packet.bytes[14..<34])
      let field = UInt16(start / 8) | (piece.endIndex < payload.count ? 0x2000 : 0)
      (header[2], header[3]) = (UInt8((piece.count + 20) >> 8), UInt8((piece.count + 20) & 0xff))
      (header[6], header[7], header[10], header[11]) = (UInt8(field >> 8), UInt8(field & 0xff), 0, 0)
      let sum = stride(from: 0, to: 20, by: 2).reduce(0) { $0 + (Int(header[$1]) << 8 | Int(header[$1 + 1])) }
      let checksum = ~UInt16(truncatingIfNeeded: (sum & 0xffff) + sum >> 16)
      (header[10], header[11]) = (UInt8(checksum >> 8), UInt8(checksum & 0xff))
      return RecordedPacket(time: packet.time, bytes: packet.bytes[..<14] + header + piece)
    }
  }

  private struct Made {
    var folder: TemporaryFolder
    var manifest: [String: Any]
    var evidence: [UInt8]
    var messages: String
  }

  private func report(_ packets: [RecordedPacket], _ options: [String] = []) throws -> Made {
    let folder = try TemporaryFolder()
    let capture = try folder.write(PcapBuilder(packets).bytes, as: "fragments.pcap")
    let ticket = folder.path + "/ticket"
    let outcome = try Tool.run(["report", capture, "-o", ticket] + options)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let manifest = try JSONSerialization.jsonObject(with: Data(try contents(of: ticket + "/manifest.json")))
    let decoded = try Tool.run(["analyze", "--format", "ndjson", ticket + "/evidence.pcap"])
    return Made(
      folder: folder, manifest: manifest as? [String: Any] ?? [:],
      evidence: try contents(of: ticket + "/evidence.pcap"), messages: decoded.output)
  }

  private func tokens(_ made: Made) -> Int {
    made.messages.split(separator: "\n").count { $0.contains(#""type":"message""#) && $0.contains(#""event":"token""#) }
  }

  private func leftOut(_ made: Made) -> Int {
    (made.manifest["packetsLeftOut"] as? [[String: Any]] ?? []).reduce(0) { $0 + ($1["count"] as? Int ?? 0) }
  }

  @Test("fragments are kept and blanked with their datagrams, and show the same findings")
  func blanked() throws {
    let made = try report(FragmentedEvidenceTests.packets)
    #expect(FragmentedEvidenceTests.packets.count > 30)
    #expect(leftOut(made) == 0)
    let original = PcapBuilder(FragmentedEvidenceTests.packets).bytes
    #expect(made.evidence.count == original.count)
    #expect(contains(original, Array(FragmentedEvidenceTests.secret.utf8)))
    #expect(!contains(made.evidence, Array("patient".utf8)) && !made.messages.contains("patient"))
    #expect(tokens(made) == 8)
    #expect((made.manifest["findingsNotFoundAgain"] as? [Any])?.isEmpty == true)
    guard Tshark.path != nil else { return }
    let checks = ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]
    let complaints = try Tshark.fields(
      ["frame.number"], of: made.folder.path + "/ticket/evidence.pcap",
      filter: "_ws.malformed || tcp.checksum.status == 0 || ip.checksum.status == 0", options: checks)
    #expect(complaints == [])
  }

  @Test("without redaction fragments stay as they are, at their places")
  func plain() throws {
    let made = try report(FragmentedEvidenceTests.packets, ["--no-redact"])
    #expect(leftOut(made) == 0)
    // Behind the file's headers, which name the snap length.
    #expect(made.evidence.dropFirst(24).elementsEqual(PcapBuilder(FragmentedEvidenceTests.packets).bytes.dropFirst(24)))
  }

  @Test("with other addresses a datagram becomes one packet, and its fragments are counted")
  func disguised() throws {
    let made = try report(FragmentedEvidenceTests.packets, ["--redact-addresses"])
    #expect(leftOut(made) > 8)
    #expect(!contains(made.evidence, Array("patient".utf8)))
    #expect(tokens(made) == 8)
  }

  @Test("fragments whose datagram is not complete are left out and counted; what came after them is there")
  func incomplete() throws {
    var packets = FragmentedEvidenceTests.packets
    let lost = try #require(packets.lastIndex { $0.bytes.count == 546 })
    packets.remove(at: lost)
    let made = try report(packets)
    #expect((1...2).contains(leftOut(made)))
    #expect(!contains(made.evidence, Array("patient".utf8)))
    let evidence = (made.manifest["evidence"] as? [[String: Any]])?.first
    #expect(evidence?["packets"] as? Int == packets.count - leftOut(made))
    #expect(tokens(made) == 7)
  }
}
