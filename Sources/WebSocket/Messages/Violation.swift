/// A place where a peer broke RFC 6455 or RFC 7692.
package struct Violation: Equatable, Sendable {
  /// The rule that was broken.
  package var rule: Rule
  /// What stands on the wire instead: the RSV bits, the opcode, the length or the close code; else 0.
  package var value: UInt64
  /// Whether peers put up with it: a notice rather than a fault.
  package var isTolerated: Bool

  /// A violation with what was found in place of what the rule wants.
  package init(_ rule: Rule, value: UInt64 = 0, isTolerated: Bool = false) {
    self.rule = rule
    self.value = value
    self.isTolerated = isTolerated
  }

  /// The rules, by their names in reports.
  package enum Rule: String, CaseIterable, Sendable {
    case rsvBits = "rsv-bits"
    case rsv1OnContinuation = "rsv1-on-continuation"
    case reservedOpcode = "reserved-opcode"
    case controlFragmented = "control-fragmented"
    case controlTooLong = "control-too-long"
    case invalidUTF8 = "invalid-utf8"
    case unexpectedContinuation = "unexpected-continuation"
    case interleavedDataFrame = "interleaved-data-frame"
    case unmaskedClientFrame = "unmasked-client-frame"
    case maskedServerFrame = "masked-server-frame"
    case lengthNotMinimal = "length-not-minimal"
    case lengthMSBSet = "length-msb-set"
    case dataAfterClose = "data-after-close"
    case closePayloadLength1 = "close-payload-length-1"
    case closeCodeInvalid = "close-code-invalid"
    case closeReasonUTF8 = "close-reason-utf8"
    case badDeflate = "bad-deflate"

    /// The section that has the rule.
    package var section: String {
      switch self {
      case .rsvBits, .reservedOpcode, .lengthNotMinimal, .lengthMSBSet: "RFC 6455 section 5.2"
      case .rsv1OnContinuation: "RFC 7692 section 6.1"
      case .controlFragmented, .controlTooLong: "RFC 6455 section 5.5"
      case .unexpectedContinuation, .interleavedDataFrame: "RFC 6455 section 5.4"
      case .unmaskedClientFrame, .maskedServerFrame: "RFC 6455 section 5.1"
      case .dataAfterClose, .closePayloadLength1, .closeReasonUTF8: "RFC 6455 section 5.5.1"
      case .invalidUTF8: "RFC 6455 section 8.1"
      case .closeCodeInvalid: "RFC 6455 section 7.4"
      case .badDeflate: "RFC 7692 section 7.2.2"
      }
    }
  }
}

/// Violations that were found and not yet said, each rule at most once.
struct ViolationSet: OptionSet, Sendable {
  var rawValue: UInt32

  static let rsvBits = of(.rsvBits)
  static let rsv1OnContinuation = of(.rsv1OnContinuation)
  static let reservedOpcode = of(.reservedOpcode)
  static let controlFragmented = of(.controlFragmented)
  static let controlTooLong = of(.controlTooLong)
  static let invalidUTF8 = of(.invalidUTF8)
  static let unexpectedContinuation = of(.unexpectedContinuation)
  static let interleavedDataFrame = of(.interleavedDataFrame)
  static let unmaskedClientFrame = of(.unmaskedClientFrame)
  static let maskedServerFrame = of(.maskedServerFrame)
  static let lengthNotMinimal = of(.lengthNotMinimal)
  static let lengthMSBSet = of(.lengthMSBSet)
  static let dataAfterClose = of(.dataAfterClose)
  static let closePayloadLength1 = of(.closePayloadLength1)
  static let closeCodeInvalid = of(.closeCodeInvalid)
  static let closeReasonUTF8 = of(.closeReasonUTF8)
  static let badDeflate = of(.badDeflate)

  private static func of(_ rule: Violation.Rule) -> ViolationSet {
    ViolationSet(rawValue: 1 << UInt32(rule.index))
  }

  /// Takes out the first rule in the order of their list.
  mutating func removeFirst() -> Violation.Rule? {
    guard rawValue != 0 else { return nil }
    let index = rawValue.trailingZeroBitCount
    rawValue &= rawValue &- 1
    return Violation.Rule.allCases[index]
  }
}

extension Violation.Rule {
  /// The rule's place in the list of rules.
  fileprivate var index: Int { Violation.Rule.allCases.firstIndex(of: self) ?? 0 }
}
