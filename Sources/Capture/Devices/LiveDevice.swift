import CLinux
import CPcap
import Glibc
import Packets

/// An interface that is being captured from, through libpcap's memory-mapped ring (TPACKET_V3).
///
/// It never blocks: wait for its descriptor with poll(2), then take what is there.
package final class LiveDevice {
  package let name: String
  /// The capture's index in `PacketReference`.
  package let index: Int
  package let linkType: LinkType
  /// What poll(2) waits for.
  package let descriptor: Int32
  /// What was delivered.
  package private(set) var counts = CaptureFile.Counts()
  package private(set) var firstPacket: PacketReference?
  package private(set) var latest: Timestamp?
  private let handle: OpaquePointer
  private var drops = DropCounter()

  /// Opens an interface, with nanosecond stamps and without a filter.
  ///
  /// Needs CAP_NET_RAW, in this moment only.
  package init(name: String, index: Int, options: LiveOptions = LiveOptions()) throws(DeviceError) {
    let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(PCAP_ERRBUF_SIZE))
    defer { message.deallocate() }
    message.initialize(repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    guard let handle = pcap_create(name, message) else {
      throw DeviceError(device: name, .failed(message: String(cString: message)))
    }
    do throws(DeviceError) {
      linkType = try LiveDevice.activate(handle, name, options)
      guard pcap_setnonblock(handle, 1, message) == 0 else {
        throw DeviceError(device: name, .failed(message: String(cString: message)))
      }
    } catch {
      pcap_close(handle)
      throw error
    }
    self.name = name
    self.index = index
    self.handle = handle
    descriptor = pcap_get_selectable_fd(handle)
  }

  deinit { pcap_close(handle) }

  private static func activate(
    _ handle: OpaquePointer, _ name: String, _ options: LiveOptions
  ) throws(DeviceError) -> LinkType {
    pcap_set_snaplen(handle, Int32(clamping: options.snapLength))
    pcap_set_buffer_size(handle, Int32(clamping: options.bufferSize))
    pcap_set_timeout(handle, Int32(clamping: options.blockTimeout))
    pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO)
    let status = pcap_activate(handle)
    guard status >= 0 else { throw failure(status, handle, name) }
    // The cooked header of version 2 names each packet's interface; other devices refuse it and keep their own.
    if pcap_datalink(handle) == DLT_LINUX_SLL { pcap_set_datalink(handle, DLT_LINUX_SLL2) }
    return LinkType(dlt: pcap_datalink(handle))
  }

  private static func failure(_ status: Int32, _ handle: OpaquePointer, _ name: String) -> DeviceError {
    switch status {
    case PCAP_ERROR_NO_SUCH_DEVICE:
      let known = (try? NetworkDevice.all()) ?? []
      return DeviceError(device: name, .noSuchDevice(known: known))
    case PCAP_ERROR_PERM_DENIED, PCAP_ERROR_PROMISC_PERM_DENIED:
      return DeviceError(device: name, .noRight(program: Privileges.programPath))
    case PCAP_ERROR_IFACE_NOT_UP: return DeviceError(device: name, .isDown)
    default:
      let message = String(cString: pcap_geterr(handle))
      return DeviceError(
        device: name,
        .failed(message: message.isEmpty ? pcap_statustostr(status).map { String(cString: $0) } ?? "" : message))
    }
  }

  /// Lets the kernel drop what is not wanted.
  package func apply(_ filter: KernelFilter) throws(DeviceError) {
    let expression = filter.expression(for: linkType)
    var program = bpf_program()
    guard pcap_compile(handle, &program, expression, 1, PCAP_NETMASK_UNKNOWN) == 0 else {
      throw DeviceError(
        device: name, .badFilter(expression: expression, message: String(cString: pcap_geterr(handle))))
    }
    defer { pcap_freecode(&program) }
    guard pcap_setfilter(handle, &program) == 0 else {
      throw DeviceError(
        device: name, .badFilter(expression: expression, message: String(cString: pcap_geterr(handle))))
    }
  }
}

// MARK: Packets

extension LiveDevice {
  /// What libpcap's callback needs to get back into Swift.
  private struct Delivery {
    var device: LiveDevice
    var body: (CapturedPacket, RawSpan) -> Void
  }

  /// Takes the packets that have come, at most about as many as a limit, and lends each out for the time of a call.
  ///
  /// Throws where the interface is gone or down; what came before was delivered.
  ///
  /// - Returns: how many there were.
  package func receive(
    atMost limit: Int, _ body: (CapturedPacket, RawSpan) -> Void
  ) throws(DeviceError) -> Int {
    let count = withoutActuallyEscaping(body) { body in
      var delivery = Delivery(device: self, body: body)
      return withUnsafeMutableBytes(of: &delivery) { bytes in
        pcap_dispatch(
          handle, Int32(clamping: limit), LiveDevice.callback,
          bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
      }
    }
    guard count < 0, count != PCAP_ERROR_BREAK else { return Int(max(0, count)) }
    let message = String(cString: pcap_geterr(handle))
    throw DeviceError(device: name, LiveDevice.kind(ofReadError: message))
  }

  /// libpcap has words only for what went wrong while reading.
  private static func kind(ofReadError message: String) -> DeviceError.Kind {
    if message.contains("disappeared") { return .removed }
    return message.contains("went down") || message.contains("not up") ? .isDown : .failed(message: message)
  }

  private static let callback: pcap_handler = { user, header, data in
    guard let user, let header, let data else { return }
    let delivery = UnsafeRawPointer(user).assumingMemoryBound(to: Delivery.self)
    delivery.pointee.device.deliver(header.pointee, data, delivery.pointee.body)
  }

  @inline(__always)
  private func deliver(
    _ header: pcap_pkthdr, _ data: UnsafePointer<UInt8>, _ body: (CapturedPacket, RawSpan) -> Void
  ) {
    // With nanosecond precision, tv_usec holds nanoseconds.
    let time = Timestamp(nanoseconds: Int64(header.ts.tv_sec) &* 1_000_000_000 &+ Int64(header.ts.tv_usec))
    let length = Int(header.caplen)
    counts.packets &+= 1
    counts.bytes &+= length
    if length < Int(header.len) { counts.truncated &+= 1 }
    let reference = PacketReference(capture: index, number: counts.packets, time: time)
    if firstPacket == nil { firstPacket = reference }
    if latest.map({ $0 < time }) ?? true { latest = time }
    let packet = CapturedPacket(
      reference: reference, capturedLength: length, wireLength: Int(header.len), linkType: linkType)
    body(packet, UnsafeRawBufferPointer(start: data, count: length).bytes)
  }
}

// MARK: State

extension LiveDevice {
  /// Whether the interface is up; `any` always is.
  ///
  /// libpcap goes on through a while of being down, and says nothing.
  package var isUp: Bool {
    guard name != NetworkDevice.any else { return true }
    let flags = wstrace_interface_flags(descriptor, name)
    // Of one that was removed, the next read tells.
    return flags < 0 || flags & Int32(IFF_UP) != 0
  }
}

// MARK: Losses

extension LiveDevice {
  /// Packets lost so far: by the kernel for want of room in the ring, and by the interface.
  ///
  /// Asks the kernel; a few times a second is often enough.
  package func readDrops() -> Int {
    var statistics = pcap_stat()
    if pcap_stats(handle, &statistics) == 0 { drops.note(kernel: statistics.ps_drop, interface: statistics.ps_ifdrop) }
    return drops.total
  }

  /// Packets lost as last read.
  package var dropped: Int { drops.total }
}
