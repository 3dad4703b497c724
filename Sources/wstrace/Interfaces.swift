import ArgumentParser
import Capture
import Packets

/// `wstrace interfaces`: what can be captured from.
struct Interfaces: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List this host's interfaces with their addresses, and what is missing to capture from them.")

  func run() throws {
    let devices: [NetworkDevice]
    do throws(DeviceError) {
      devices = try NetworkDevice.all()
    } catch {
      Diagnostics.say("\(error)")
      throw ExitCode(2)
    }
    let width = devices.map(\.name.count).max() ?? 0
    for device in devices {
      let name = device.name + String(repeating: " ", count: width - device.name.count)
      print("\(name)  \(device.summary)")
    }
    if !Privileges.mayCapture {
      print("\nCapturing needs CAP_NET_RAW. Run with sudo, or once:")
      print("    sudo setcap cap_net_raw,cap_net_admin=eip \(Privileges.programPath)")
    }
  }
}

extension NetworkDevice {
  /// Its state and addresses, or what `any` is.
  fileprivate var summary: String {
    if name == NetworkDevice.any { return "all interfaces together" }
    let state = isUp ? (isRunning ? "up" : "up, no carrier") : "down"
    return ([state] + addresses.map(\.description)).joined(separator: "  ")
  }
}
