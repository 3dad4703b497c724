/// How much is kept of datagrams whose fragments have not all come.
package struct FragmentLimits: Equatable, Sendable {
  /// How many incomplete datagrams are kept; the oldest goes first.
  ///
  /// A sender's fragments follow each other at once, so that even a trunk of many thousand hosts has few open
  /// datagrams.
  package var datagrams = 1024
  /// How many bytes the incomplete datagrams may take together; the oldest goes first.
  ///
  /// 4 MiB is what Linux gives all its reassembly (net.ipv4.ipfrag_high_thresh).
  package var bytes = 4 << 20
  /// How long after its first fragment, in capture time, a datagram can still be completed.
  ///
  /// 30 seconds is Linux's net.ipv4.ipfrag_time; RFC 8200 section 4.5 has 60, which no real network needs.
  package var age = Interval.seconds(30)

  package init() {}
}
