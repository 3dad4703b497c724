import Bytes
import CPcap
import Packets

/// A filter expression of pcap-filter(7), compiled by libpcap for one link type.
package struct PacketFilter: ~Copyable {
  /// What a matching packet's program answers: libpcap's largest snap length.
  private static let snapLength: Int32 = 262_144

  private let program: UnsafeMutablePointer<bpf_program>

  /// Compiles an expression.
  ///
  /// Throws `badFilter` where the expression is wrong, and `filterUnusable` where it is right for Ethernet, but not for
  /// this link type. `path` is the capture that the error names.
  package init(_ expression: String, linkType: LinkType, path: String) throws(CaptureError) {
    do throws(PcapFailure) {
      program = try Self.compile(expression, dlt: linkType.dlt)
    } catch {
      throw CaptureError(path: path, Self.kind(error, expression, linkType))
    }
  }

  deinit { Self.release(program) }

  /// Whether a packet passes.
  package func matches(_ packet: CapturedPacket, _ bytes: RawSpan) -> Bool {
    matches(bytes, wireLength: packet.wireLength)
  }

  func matches(_ bytes: RawSpan, wireLength: Int) -> Bool {
    bytes.withUnsafeBytes { buffer in
      // libpcap reads nothing of an empty packet, but wants a pointer.
      guard let start = buffer.bindMemory(to: UInt8.self).baseAddress else { return false }
      var header = pcap_pkthdr()
      header.caplen = UInt32(clamping: buffer.count)
      header.len = UInt32(clamping: wireLength)
      return pcap_offline_filter(program, &header, start) != 0
    }
  }

  /// Tells an expression that is wrong from one that this link type does not know, by trying Ethernet.
  private static func kind(_ failure: PcapFailure, _ expression: String, _ linkType: LinkType) -> CaptureError.Kind {
    do throws(PcapFailure) {
      release(try compile(expression, dlt: DLT_EN10MB))
    } catch {
      return .badFilter(expression: expression, message: error.message)
    }
    return .filterUnusable(expression: expression, linkType: linkType, message: failure.message)
  }

  private static func compile(
    _ expression: String, dlt: Int32
  ) throws(PcapFailure) -> UnsafeMutablePointer<bpf_program> {
    guard let handle = pcap_open_dead(dlt, snapLength) else { throw PcapFailure(message: "out of memory") }
    defer { pcap_close(handle) }
    let program = UnsafeMutablePointer<bpf_program>.allocate(capacity: 1)
    program.initialize(to: bpf_program())
    guard pcap_compile(handle, program, expression, 1, PCAP_NETMASK_UNKNOWN) == 0 else {
      program.deallocate()
      throw PcapFailure(message: String(cString: pcap_geterr(handle)))
    }
    return program
  }

  private static func release(_ program: UnsafeMutablePointer<bpf_program>) {
    pcap_freecode(program)
    program.deallocate()
  }
}
