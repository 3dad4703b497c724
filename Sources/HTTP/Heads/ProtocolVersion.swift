import Bytes

/// An HTTP protocol version (RFC 9110 section 2.5).
package struct ProtocolVersion: Hashable, Comparable, Sendable {
  package var major: UInt8
  package var minor: UInt8

  package init(major: UInt8, minor: UInt8) {
    self.major = major
    self.minor = minor
  }

  /// Reads `HTTP-version = HTTP-name "/" DIGIT "." DIGIT` at an offset; `nil` where something else stands there.
  package init?(parsing bytes: RawSpan, at offset: Int) {
    guard bytes.starts(with: "HTTP/", at: offset), bytes.byteCount - offset >= 8 else { return nil }
    let major = bytes.byte(at: offset + 5) &- 0x30
    let minor = bytes.byte(at: offset + 7) &- 0x30
    guard major <= 9, minor <= 9, bytes.byte(at: offset + 6) == UInt8(ascii: ".") else { return nil }
    self.init(major: major, minor: minor)
  }

  package static let http10 = ProtocolVersion(major: 1, minor: 0)
  package static let http11 = ProtocolVersion(major: 1, minor: 1)

  package static func < (a: ProtocolVersion, b: ProtocolVersion) -> Bool {
    (a.major, a.minor) < (b.major, b.minor)
  }
}

extension ProtocolVersion: CustomStringConvertible {
  package var description: String { "\(major).\(minor)" }
}
