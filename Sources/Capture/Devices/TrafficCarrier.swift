import Glibc
import Packets

/// Finds the interface that carries the connections of some ports, for a user who has named none.
package enum TrafficCarrier {
  /// The one interface that carries all open connections of the ports; `any` where there are none, or several interfaces.
  ///
  /// Where a proxy runs on this host, its two legs may be on two interfaces: then `any` shows both.
  package static func device(for ports: [UInt16]) -> String {
    guard !ports.isEmpty, let devices = try? NetworkDevice.all() else { return NetworkDevice.any }
    let tables = ["/proc/self/net/tcp", "/proc/self/net/tcp6"].map(contents(of:))
    return device(for: ports, tables: tables, devices: devices)
  }

  /// The same, given the kernel's tables of connections (proc_net_tcp(5)).
  static func device(for ports: [UInt16], tables: [String], devices: [NetworkDevice]) -> String {
    var names: Set<String> = []
    for table in tables {
      for line in table.split(separator: "\n").dropFirst() {
        guard let local = establishedAddress(line, ports) else { continue }
        names.insert(devices.first { $0.addresses.contains(local) }?.name ?? NetworkDevice.any)
      }
    }
    return names.count == 1 ? names.first ?? NetworkDevice.any : NetworkDevice.any
  }

  /// The local address of an established connection with one of the ports at either end.
  private static func establishedAddress(_ line: Substring, _ ports: [UInt16]) -> IPAddress? {
    let fields = line.split(separator: " ")
    guard fields.count > 3, fields[3] == "01", let local = Endpoint(kernelText: fields[1]),
      let remote = Endpoint(kernelText: fields[2]), ports.contains(local.port) || ports.contains(remote.port)
    else { return nil }
    return local.address
  }

  private static func contents(of path: String) -> String {
    guard let stream = fopen(path, "r") else { return "" }
    defer { fclose(stream) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = fread(&piece, 1, piece.count, stream)
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += piece.prefix(count)
    }
  }
}

extension Endpoint {
  /// Reads `0100007F:1F90`: 32-bit words in the byte order of this machine, and a port.
  fileprivate init?(kernelText text: Substring) {
    let parts = text.split(separator: ":")
    guard parts.count == 2, let port = UInt16(parts[1], radix: 16) else { return nil }
    let digits = Array(parts[0])
    guard digits.count == 8 || digits.count == 32 else { return nil }
    var words: [UInt32] = []
    for start in stride(from: 0, to: digits.count, by: 8) {
      guard let word = UInt32(String(digits[start..<start + 8]), radix: 16) else { return nil }
      words.append(UInt32(bigEndian: word))
    }
    if words.count == 1 {
      self.init(address: IPAddress(ipv4: words[0]), port: port)
    } else {
      self.init(
        address: IPAddress(
          high: UInt64(words[0]) << 32 | UInt64(words[1]), low: UInt64(words[2]) << 32 | UInt64(words[3])),
        port: port)
    }
  }
}
