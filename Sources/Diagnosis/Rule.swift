import Analysis
import Packets

/// One kind of fault: what it looks at, and what it concludes.
///
/// A rule is a file of its own with its thresholds and their reasons, and sees nothing of other rules; what follows from
/// what is decided in `Precedence`.
package protocol Rule: Sendable {
  /// What `explain` and the documentation say.
  static var entry: CatalogueEntry { get }

  /// The time from which on it judges; `nil` where it needs none, or takes it from the session's own timers.
  static var threshold: RuleThreshold? { get }

  /// Makes a rule that judges by its own thresholds, or by those that a user has set.
  init(thresholds: Thresholds)

  /// Takes one event of the analysis.
  mutating func observe(_ event: TraceEvent)

  /// Says what the rule has found.
  func conclude(in scene: Scene) -> [Finding]
}

extension Rule {
  package static var threshold: RuleThreshold? { nil }
}

/// What a rule's sentences need besides its events.
package struct Scene: Sendable {
  /// The moment that times are relative to: the earliest first packet of all captures.
  package var epoch: Timestamp
  /// How many captures are read together: packet numbers then name theirs.
  package var captures: Int
  /// Whether packets still come, so that what lasts may yet end.
  package var isRunning: Bool
  /// How the captures' clocks compare.
  package var clocks: CaptureClocks
  /// What is configured, as far as a user has said so.
  package var expectations: Expectations

  package init(
    epoch: Timestamp, captures: Int, isRunning: Bool = false, clocks: CaptureClocks? = nil,
    expectations: Expectations = Expectations()
  ) {
    self.epoch = epoch
    self.captures = captures
    self.isRunning = isRunning
    self.clocks = clocks ?? CaptureClocks(captures: captures)
    self.expectations = expectations
  }

  /// `7.738 s`.
  func time(_ reference: PacketReference) -> String { "\(decimal((reference.time - epoch).seconds, 3)) s" }

  /// The time of day of a packet, as a server's log may have it: `10:15:13.693 UTC`.
  func clock(_ reference: PacketReference) -> String {
    "\(reference.time.utcText(fractionDigits: 3).dropFirst(11).dropLast()) UTC"
  }

  /// `packet 411`, or `packet 411 of capture 2`.
  func packet(_ reference: PacketReference) -> String {
    captures > 1 ? "packet \(reference.number) of capture \(reference.capture + 1)" : "packet \(reference.number)"
  }

  /// `packet 411, 7.738 s`.
  func place(_ reference: PacketReference) -> String { "\(packet(reference)), \(time(reference))" }
}

/// A number with a fixed count of decimals.
func decimal(_ value: Double, _ digits: Int) -> String {
  guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let scaled = Int64((abs(value) * scale).rounded())
  let sign = value < 0 && scaled > 0 ? "-" : ""
  guard digits > 0 else { return "\(sign)\(scaled)" }
  let fraction = "\(scaled % Int64(scale))"
  return "\(sign)\(scaled / Int64(scale))." + String(repeating: "0", count: digits - fraction.count) + fraction
}

/// An interval as a person reads it: `64 ms`, `12.0 s`, `95 s`.
func duration(_ interval: Interval) -> String {
  let seconds = interval.seconds
  if abs(seconds) < 0.0995 { return "\(decimal(seconds * 1000, seconds < 0.00995 ? 1 : 0)) ms" }
  return "\(decimal(seconds, seconds < 0.9995 ? 2 : 1)) s"
}

/// `1,869`, as reports write counts; names that are numbers (packets, ports, codes, settings) stand as they are.
package func counted(_ count: some BinaryInteger) -> String {
  let digits = "\(count.magnitude)"
  let groups = digits.enumerated().map { index, digit in
    index > 0 && (digits.count - index) % 3 == 0 ? ",\(digit)" : "\(digit)"
  }
  return (count < 0 ? "-" : "") + groups.joined()
}

/// `1 poll`, `1,869 polls`.
package func counted(_ count: some BinaryInteger, _ noun: String) -> String {
  "\(counted(count)) \(noun)\(count == 1 ? "" : "s")"
}
