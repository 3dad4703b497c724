import Glibc

extension DeviceError: CustomStringConvertible {
  /// One line that says what happened and what to do.
  package var description: String { "\(printable(device)): \(explanation)" }

  private var explanation: String {
    switch kind {
    case .noSuchDevice(let known): "no such interface. \(DeviceError.list(known)) Try `wstrace interfaces`."
    case .noRight(let program):
      """
      capturing needs CAP_NET_RAW. Run with sudo, or once: \
      sudo setcap cap_net_raw,cap_net_admin=eip \(printable(program))
      """
    case .isDown: "the interface is down. Start it (ip link set \(printable(device)) up), or wait for it with --follow."
    case .removed: "the interface was removed, and the right to open another one was given up; the capture ends here."
    case .badFilter(let expression, let message):
      "the kernel's filter '\(printable(expression))' can't be used: \(printable(message))"
    case .failed(let message): printable(message)
    case .noNamespace(let code): DeviceError.namespace(code)
    case .noSuchUser: "no such user; give the name of an account on this host to --user"
    case .keepsRights(let code):
      "the rights that are no longer needed can't be given up (\(String(cString: strerror(code)))); nothing is captured"
    }
  }

  private static func list(_ devices: [NetworkDevice]) -> String {
    let names = devices.filter { $0.name != NetworkDevice.any }.map { device in
      device.addresses.first.map { "\(device.name) (\($0))" } ?? device.name
    }
    return names.isEmpty ? "This host shows none." : "This host has: \(names.joined(separator: ", "))."
  }

  private static func namespace(_ code: Int32) -> String {
    switch code {
    case EPERM, EACCES: "entering a network namespace (--netns, --pid) needs root; run with sudo"
    case ENOENT:
      "no such network namespace; `ip netns list` shows names, `docker inspect -f '{{.State.Pid}}' NAME` a container's pid"
    case EINVAL: "is not a network namespace; give a file such as /run/netns/NAME or /proc/PID/ns/net"
    default: "can't be entered as a network namespace: \(String(cString: strerror(code)))"
    }
  }
}
