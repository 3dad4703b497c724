/// What a decoder holds while a frame or message is open, or a window must be kept.
///
/// A class, so that the many decoders that are between two small messages need no room for it.
final class Assembly {
  /// The bytes of a header that a segment's end has cut.
  var headerBytes: [UInt8] = []
  var frame: OpenFrame?
  /// The data message that has begun.
  var data: OpenMessage?
  /// The control message whose frame is coming.
  var control: OpenMessage?
  /// Messages whose end can't come any more.
  var abandoned: [OpenMessage] = []
  /// Violations that were found and not yet said.
  var unsaid: ViolationSet = []
  /// A loss of place that was found and not yet said.
  var unsaidDesynchronization: Desynchronization?
  /// Bytes passed over in search of a frame, or after the place was lost for good.
  var skipped: UInt64 = 0
  var decompression = Decompression()

  /// The message that the current frame's payload belongs to.
  var current: OpenMessage? {
    get {
      switch frame?.role {
      case .data: data
      case .control: control
      case .nothing, nil: nil
      }
    }
    _modify {
      var none: OpenMessage?
      switch frame?.role {
      case .data: yield &data
      case .control: yield &control
      case .nothing, nil: yield &none
      }
    }
  }

  /// A violation with what stands on the wire.
  func violation(_ rule: Violation.Rule) -> Violation {
    guard let header = frame?.header else { return Violation(rule) }
    return switch rule {
    case .rsvBits, .rsv1OnContinuation: Violation(rule, value: UInt64(header.reservedBits))
    case .reservedOpcode, .interleavedDataFrame: Violation(rule, value: UInt64(header.opcode.rawValue))
    case .controlTooLong, .lengthNotMinimal, .lengthMSBSet: Violation(rule, value: header.payloadLength)
    case .closeCodeInvalid:
      Violation(
        rule, value: UInt64(control?.closeCode?.rawValue ?? 0),
        isTolerated: control?.closeCode?.standing == .unregistered)
    case .dataAfterClose: Violation(rule, isTolerated: true)
    default: Violation(rule)
    }
  }

  /// Gives up the messages that are open.
  func abandon(_ flag: Message.Flags) {
    if var lost = control {
      lost.flags.formUnion([flag, .unfinished])
      abandoned.append(lost)
    }
    if var lost = data {
      lost.flags.formUnion([flag, .unfinished])
      if lost.coding == .deflated { lost.flags.insert(.lengthUnknown) }
      abandoned.append(lost)
    }
    (control, data, frame) = (nil, nil, nil)
    headerBytes = []
  }
}
