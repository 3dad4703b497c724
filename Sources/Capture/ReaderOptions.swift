/// Which code reads a capture file.
package enum ReaderEngine: Sendable, CaseIterable {
  /// The block reader of this module for pcap and pcapng, libpcap for what it does not know.
  case automatic
  /// Always libpcap, as a second opinion.
  case libpcap
}

/// How capture files are read.
package struct ReaderOptions: Sendable {
  /// A filter in the language of pcap-filter(7); packets that it rejects are counted, not delivered.
  package var filter: String?
  package var engine: ReaderEngine
  package var limits: CaptureLimits

  package init(filter: String? = nil, engine: ReaderEngine = .automatic, limits: CaptureLimits = CaptureLimits()) {
    self.filter = filter
    self.engine = engine
    self.limits = limits
  }
}
