/// The byte order that a test file is written in.
enum ByteOrder: CaseIterable, Sendable {
  case little, big

  func bytes<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: self == .little ? value.littleEndian : value.bigEndian) { [UInt8]($0) }
  }
}
