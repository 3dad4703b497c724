import Bytes

/// The header of a mirrored port's frames in GRE, ERSPAN type II or III (draft-foschiano-erspan-03 section 4).
///
/// Type I has no header: the frame follows GRE's at once, which then has no sequence number.
package struct ERSPANHeader: Equatable, Sendable {
  /// 1 for type II, 2 for type III.
  package var version: UInt8

  /// Takes the header from the front of a GRE payload, of the type that GRE's protocol type tells.
  package init(parsing bytes: inout RawSpan, isTypeIII: Bool) throws(ParseError) {
    try bytes.require(isTypeIII ? 12 : 8, .tunnel)
    version = bytes.byte(at: 0) >> 4
    // The last bit of type III's header announces eight more bytes.
    let headerLength = isTypeIII ? (bytes.byte(at: 11) & 1 == 1 ? 20 : 12) : 8
    try bytes.require(headerLength, .tunnel)
    bytes.drop(headerLength)
  }
}
