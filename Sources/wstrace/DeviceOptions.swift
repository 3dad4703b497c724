import ArgumentParser
import Capture
import Glibc
import Reports

/// Which interfaces are captured from, and with which rights.
struct DeviceOptions: ParsableArguments {
  @Option(
    name: [.customShort("i"), .customLong("interface")],
    help: ArgumentHelp(
      "An interface to capture from (may be repeated), or 'any'; `wstrace interfaces` lists them. "
        + "(default: the one that carries the ports' connections, or any)",
      valueName: "interface"))
  var interfaces: [String] = []

  @Option(help: ArgumentHelp("The kernel's buffer for packets that wait.", valueName: "bytes"))
  var buffer = ByteCount(bytes: 32 << 20)

  @Flag(help: "Let VXLAN, Geneve, GTP-U, GRE and IP-in-IP pass too, and look inside.")
  var tunnels = false

  @Option(
    help: ArgumentHelp(
      "A further condition in libpcap's language; packets that don't match never reach wstrace.",
      valueName: "expression"))
  var filter: String?

  @Option(help: ArgumentHelp("The account to become once the interfaces are open.", valueName: "name"))
  var user: String?

  @Option(help: ArgumentHelp("Open the interfaces in this network namespace, /run/netns/NAME.", valueName: "path"))
  var netns: String?

  @Option(help: ArgumentHelp("Open the interfaces in the network namespace of this process.", valueName: "pid"))
  var pid: Int?

  @Flag(help: "Wait while an interface is down, instead of ending.")
  var follow = false

  func validate() throws {
    if netns != nil, pid != nil { throw ValidationError("give --netns or --pid, not both") }
    if buffer.bytes > Int(Int32.max) { throw ValidationError("--buffer: at most 2G") }
  }

  /// Opens the interfaces, applies the kernel's filter, and gives up the rights that this took.
  func open(following: FollowingOptions) throws -> [LiveDevice] {
    do throws(DeviceError) {
      let devices =
        if let namespace {
          try namespace.run { () throws(DeviceError) in try openAll(following) }
        } else {
          try openAll(following)
        }
      try Privileges.drop(to: user)
      return devices
    } catch {
      Diagnostics.say("\(error)")
      throw ExitCode(2)
    }
  }

  private var namespace: NetworkNamespace? {
    netns.map(NetworkNamespace.init(path:)) ?? pid.map(NetworkNamespace.init(process:))
  }

  private func openAll(_ following: FollowingOptions) throws(DeviceError) -> [LiveDevice] {
    var options = LiveOptions()
    options.bufferSize = buffer.bytes
    let ports = following.port.contains(.any) ? [] : following.port.compactMap(\.number)
    let filter = KernelFilter(ports: ports, includesTunnels: tunnels, condition: filter)
    var devices: [LiveDevice] = []
    for name in interfaces.isEmpty ? [TrafficCarrier.device(for: ports)] : interfaces {
      let device = try open(name, index: devices.count, options)
      try device.apply(filter)
      devices.append(device)
    }
    return devices
  }

  /// Opens an interface; with --follow as soon as it is up.
  private func open(_ name: String, index: Int, _ options: LiveOptions) throws(DeviceError) -> LiveDevice {
    var isWaiting = false
    while true {
      do throws(DeviceError) {
        return try LiveDevice(name: name, index: index, options: options)
      } catch {
        guard follow, error.kind == .isDown, !Interruption.isRequested else { throw error }
        if !isWaiting { Diagnostics.say("\(Sanitizer.visible(name)): down; waiting until it is up") }
        isWaiting = true
        usleep(DeviceOptions.retryInterval)
      }
    }
  }

  /// How often a look is taken at an interface that is down: 0.2 s.
  private static let retryInterval: UInt32 = 200_000
}
