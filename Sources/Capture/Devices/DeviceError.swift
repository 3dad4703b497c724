/// Why a device, or what it was asked for, can't be had: facts, with a sentence made from them.
package struct DeviceError: Error, Equatable, Sendable {
  /// The interface's name, or the option's value that named something.
  package var device: String
  package var kind: Kind

  package init(device: String, _ kind: Kind) {
    self.device = device
    self.kind = kind
  }

  /// What can go wrong with a device.
  package enum Kind: Equatable, Sendable {
    case noSuchDevice(known: [NetworkDevice])
    /// Opening needs a capability that the process lacks.
    case noRight(program: String)
    case isDown
    /// The interface was there, and is no more.
    case removed
    /// The kernel's filter could not be made of an expression, in libpcap's words.
    case badFilter(expression: String, message: String)
    /// What libpcap says.
    case failed(message: String)
    /// Entering a network namespace failed.
    case noNamespace(errno: Int32)
    case noSuchUser
    /// Giving up rights failed: nothing is captured with rights that are not needed.
    case keepsRights(errno: Int32)
  }
}
