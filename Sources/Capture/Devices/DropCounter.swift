/// Sums of libpcap's counters of lost packets, which have 32 bits and wrap around in weeks.
struct DropCounter {
  private var kernel: UInt32 = 0
  private var interface: UInt32 = 0
  private(set) var total = 0

  /// Takes the counters as they stand.
  mutating func note(kernel: UInt32, interface: UInt32) {
    total &+= Int(kernel &- self.kernel) &+ Int(interface &- self.interface)
    self.kernel = kernel
    self.interface = interface
  }
}
