import CPcap
import Glibc
import Packets

/// A network interface of this host, as libpcap lists it.
package struct NetworkDevice: Equatable, Sendable {
  package var name: String
  /// IPv4 and IPv6 addresses.
  package var addresses: [IPAddress]
  package var isUp: Bool
  package var isRunning: Bool
  package var isLoopback: Bool

  package init(
    name: String, addresses: [IPAddress] = [], isUp: Bool = true, isRunning: Bool = true, isLoopback: Bool = false
  ) {
    self.name = name
    self.addresses = addresses
    self.isUp = isUp
    self.isRunning = isRunning
    self.isLoopback = isLoopback
  }

  /// The device that shows the packets of all interfaces.
  package static let any = "any"

  /// Every interface that carries network packets, in libpcap's order: those that are up first, `any` among them.
  ///
  /// libpcap also lists USB buses, Bluetooth and netfilter's logs, which never carry IP on their own.
  package static func all() throws(DeviceError) -> [NetworkDevice] {
    let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(PCAP_ERRBUF_SIZE))
    defer { message.deallocate() }
    message.initialize(repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
    var first: UnsafeMutablePointer<pcap_if_t>?
    guard pcap_findalldevs(&first, message) == 0 else {
      throw DeviceError(device: "interfaces", .failed(message: String(cString: message)))
    }
    defer { pcap_freealldevs(first) }
    var devices: [NetworkDevice] = []
    var next = first
    while let device = next {
      let made = NetworkDevice(device.pointee)
      if made.isNetwork { devices.append(made) }
      next = device.pointee.next
    }
    return devices
  }

  private init(_ device: pcap_if_t) {
    name = String(cString: device.name)
    let flags = device.flags
    isUp = flags & UInt32(PCAP_IF_UP) != 0
    isRunning = flags & UInt32(PCAP_IF_RUNNING) != 0
    isLoopback = flags & UInt32(PCAP_IF_LOOPBACK) != 0
    addresses = []
    var next = device.addresses
    while let address = next {
      if let socket = address.pointee.addr, let parsed = IPAddress(socket: socket) { addresses.append(parsed) }
      next = address.pointee.next
    }
  }

  private var isNetwork: Bool {
    !["usbmon", "bluetooth", "nflog", "nfqueue", "dbus-"].contains { name.hasPrefix($0) }
  }
}

extension IPAddress {
  /// The address in a socket's address; `nil` where that is neither IPv4 nor IPv6.
  fileprivate init?(socket: UnsafePointer<sockaddr>) {
    let raw = UnsafeRawPointer(socket)
    switch Int32(socket.pointee.sa_family) {
    case AF_INET:
      let address = raw.loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr
      self.init(ipv4: UInt32(bigEndian: address))
    case AF_INET6:
      let words = withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr) { bytes in
        (bytes.loadUnaligned(as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      }
      self.init(high: UInt64(bigEndian: words.0), low: UInt64(bigEndian: words.1))
    default: return nil
    }
  }
}
