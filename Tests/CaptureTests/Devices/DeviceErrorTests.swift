import Glibc
import Packets
import Testing

@testable import Capture

@Suite("Errors of devices")
struct DeviceErrorTests {
  @Test("an interface that is not there: those that are")
  func missing() {
    let known = [
      NetworkDevice(name: "eth0", addresses: [IPAddress("10.0.0.7")].compactMap { $0 }), NetworkDevice(name: "any"),
      NetworkDevice(name: "lo"),
    ]
    #expect(
      "\(DeviceError(device: "eth7", .noSuchDevice(known: known)))"
        == "eth7: no such interface. This host has: eth0 (10.0.0.7), lo. Try `wstrace interfaces`.")
  }

  @Test("missing rights: the command that gives them")
  func rights() {
    #expect(
      "\(DeviceError(device: "eth0", .noRight(program: "/usr/local/bin/wstrace")))"
        == "eth0: capturing needs CAP_NET_RAW. Run with sudo, or once: "
        + "sudo setcap cap_net_raw,cap_net_admin=eip /usr/local/bin/wstrace")
  }

  @Test("a name with control characters stays visible text")
  func hostile() {
    let text = "\(DeviceError(device: "\u{1b}[31m", .isDown))"
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 })
  }

  @Test("an interface that no kernel has can't be opened")
  func open() {
    #expect(throws: DeviceError.self) { try LiveDevice(name: "nosuchdevice0", index: 0) }
  }

  @Test("a namespace without a file can't be entered")
  func namespace() {
    let error = #expect(throws: DeviceError.self) {
      try NetworkNamespace(path: "/nowhere/net").run { () throws(DeviceError) in }
    }
    #expect(error?.kind == .noNamespace(errno: ENOENT))
  }

  @Test("counters of 32 bits that wrap around go on")
  func drops() {
    var drops = DropCounter()
    drops.note(kernel: .max - 1, interface: 3)
    drops.note(kernel: 4, interface: 5)
    #expect(drops.total == Int(UInt32.max) - 1 + 6 + 5)
  }

  @Test("root is left for the named user, else for the caller of sudo, else for nobody")
  func account() throws {
    #expect(try Privileges.account("root").user == 0)
    #expect(throws: DeviceError.self) { try Privileges.account("no-such-user-here") }
    if getenv("SUDO_USER") == nil { #expect(try Privileges.account(nil).name == "nobody") }
  }
}
