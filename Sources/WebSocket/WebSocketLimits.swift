/// How much a decoder keeps and how far it inflates.
///
/// Sixteen bytes, because each decoder has its own.
package struct WebSocketLimits: Equatable, Sendable {
  /// How many bytes of a message's payload are kept, its first ones.
  ///
  /// 4096: what a report shows of a message by default. Not above `payloadCeiling`.
  package var payload: UInt32 = 4096 {
    didSet { payload = min(payload, WebSocketLimits.payloadCeiling) }
  }

  /// How long a compressed message may become, in bytes.
  ///
  /// 64 MiB: the default maxHttpBufferSize of Socket.IO is 1 MB, and that of the `ws` package 100 MiB, which no
  /// conversation with people comes near; a deflated gigabyte is one MB.
  package var inflatedLength: UInt32 = 64 << 20

  /// How many times its length on the wire a compressed message may become.
  ///
  /// 100: JSON text deflates 3 to 20 times, the format itself ends at 1032 times.
  package var inflationRatio: UInt32 = 100

  /// Below this many inflated bytes the ratio is not looked at.
  ///
  /// 1 MiB: a small message of blanks is no attack, and costs nothing.
  package var inflationAllowance: UInt32 = 1 << 20

  /// What "keep everything" means: 64 MiB of one message, so that one message can't take the memory of all.
  package static let payloadCeiling: UInt32 = 64 << 20

  /// The defaults.
  package init() {}

  /// The limits with another number of bytes kept of each payload.
  package init(payload: UInt32) {
    self.payload = min(payload, WebSocketLimits.payloadCeiling)
  }

  /// The limits whose reaching is an event.
  package enum Name: String, Sendable {
    case inflatedLength = "inflated-length"
    case inflationRatio = "inflation-ratio"
  }
}
