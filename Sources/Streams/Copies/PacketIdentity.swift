import Packets

extension Segment {
  /// A number that is the same wherever a packet is seen and, but for chance, different for every other packet.
  ///
  /// It is made of what a router leaves as it is: addresses, ports, the IP identification, TCP's header and options.
  package var identity: UInt64 {
    var isLowSource = false
    let key = FlowKey(self, isLowSource: &isLowSource)
    return CopyFilter.fingerprint(of: self, endpointHash: key.endpointHash(seed: 0), isLowSource: isLowSource)
  }
}
