/// A value's fields as bytes: one description of them, ``Parceled/code(_:)``, packs and unpacks.
///
/// For what this program reads again itself: the bytes are in the machine's own order, and trusted. The thread that analyses
/// owns what a parcel refers to.
package struct Parcel: @unchecked Sendable {
  /// Whether fields are being read.
  package let isUnpacking: Bool
  /// The fields, behind their length in four bytes.
  private(set) var bytes: [UInt8]
  private var offset = Parcel.headerLength
  /// What is no bytes, in its order.
  private(set) var objects: [AnyObject] = []
  private var unpackedObjects = 0

  static let headerLength = 4

  /// One to be filled.
  package init() {
    isUnpacking = false
    bytes = []
    bytes.reserveCapacity(2048)
    for _ in 0..<Parcel.headerLength { bytes.append(0) }
  }

  /// One to be emptied.
  init(unpacking bytes: [UInt8], objects: [AnyObject]) {
    isUnpacking = true
    self.bytes = bytes
    self.objects = objects
  }

  /// Writes the length down, once all fields are in.
  mutating func close() {
    let length = UInt32(truncatingIfNeeded: bytes.count)
    for index in 0..<Parcel.headerLength { bytes[index] = UInt8(truncatingIfNeeded: length >> UInt32(8 * index)) }
  }

  /// The length that stands at the beginning of a parcel's bytes, itself included.
  static func length(in bytes: [UInt8]) -> Int {
    (0..<headerLength).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
  }

  /// A field without references.
  @inlinable @inline(__always)
  package mutating func code<Value: BitwiseCopyable>(_ value: inout Value) {
    withUnsafeMutableBytes(of: &value) { codeWords($0) }
  }

  /// A field of several values without references.
  package mutating func code<Value: BitwiseCopyable>(_ values: inout [Value]) {
    var count = UInt32(truncatingIfNeeded: values.count)
    code(&count)
    guard count > 0 else { return values = [] }
    if isUnpacking {
      values = [Value](unsafeUninitializedCapacity: Int(count)) { buffer, filled in
        codeWords(UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<(Int(count) * MemoryLayout<Value>.stride)]))
        filled = Int(count)
      }
    } else {
      values.withUnsafeBytes { codeWords(UnsafeMutableRawBufferPointer(mutating: $0)) }
    }
  }

  /// A text.
  package mutating func code(_ text: inout String) {
    guard isUnpacking else {
      text.withUTF8 { utf8 in
        append(length: utf8.count)
        bytes.append(contentsOf: utf8)
      }
      return
    }
    let length = takeLength()
    text = String(decoding: bytes[offset..<offset + length], as: UTF8.self)
    offset += length
  }

  /// A text or none.
  package mutating func code(_ text: inout String?) {
    guard hasValue(text) else { return text = nil }
    var value = text ?? ""
    code(&value)
    text = value
  }

  /// Several texts.
  package mutating func code(_ texts: inout [String]) {
    let count = coded(count: texts.count)
    if isUnpacking { texts = [String](repeating: "", count: count) }
    for index in 0..<count { code(&texts[index]) }
  }

  /// A value that describes its fields.
  package mutating func code<Value: Parceled>(_ value: inout Value) { value.code(&self) }

  /// One that describes its fields, or none.
  package mutating func code<Value: Parceled>(_ value: inout Value?) {
    guard hasValue(value) else { return value = nil }
    var coded = value ?? Value.blank
    coded.code(&self)
    value = coded
  }

  /// Several that describe their fields.
  package mutating func code<Value: Parceled>(_ values: inout [Value]) {
    let count = coded(count: values.count)
    guard isUnpacking else {
      for var value in values { value.code(&self) }
      return
    }
    values = []
    values.reserveCapacity(count)
    for _ in 0..<count {
      var value = Value.blank
      value.code(&self)
      values.append(value)
    }
  }

  /// An object that stays in memory meanwhile: the parcel holds it beside its bytes.
  package mutating func keep<Object: AnyObject>(_ object: inout Object?) {
    guard hasValue(object) else { return object = nil }
    guard isUnpacking else {
      if let object { objects.append(object) }
      return
    }
    object = objects[unpackedObjects] as? Object
    unpackedObjects += 1
  }

  /// A value that stays in memory meanwhile, because few have it.
  package mutating func keep<Value>(_ value: inout Value?) {
    var box = isUnpacking ? nil : value.map(Box.init)
    keep(&box)
    if isUnpacking { value = box?.value }
  }

  /// Values that stay in memory meanwhile, because few have any.
  package mutating func keep<Value>(_ values: inout [Value]) {
    var some = values.isEmpty ? nil : values
    keep(&some)
    values = some ?? []
  }

  private final class Box<Value> {
    let value: Value

    init(_ value: Value) { self.value = value }
  }

  private mutating func hasValue<Value>(_ value: Value?) -> Bool {
    if isUnpacking {
      offset += 1
      return bytes[offset - 1] != 0
    }
    bytes.append(value == nil ? 0 : 1)
    return value != nil
  }

  private mutating func coded(count: Int) -> Int {
    if isUnpacking { return takeLength() }
    append(length: count)
    return count
  }

  private mutating func append(length: Int) {
    var rest = UInt32(truncatingIfNeeded: length)
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  private mutating func takeLength() -> Int {
    var (length, shift) = (0, 0)
    while true {
      let byte = bytes[offset]
      offset += 1
      length |= Int(byte & 0x7f) << shift
      if byte < 0x80 { return length }
      shift += 7
    }
  }

  /// Memory, eight words at a time: a byte that tells which of them are not zero, and those.
  ///
  /// Most fields of a quiet connection are.
  @usableFromInline
  mutating func codeWords(_ memory: UnsafeMutableRawBufferPointer) {
    var start = 0
    while start < memory.count {
      let end = min(start + 64, memory.count)
      if isUnpacking { take(memory, start..<end) } else { append(memory, start..<end) }
      start = end
    }
  }

  private mutating func append(_ memory: UnsafeMutableRawBufferPointer, _ range: Range<Int>) {
    let place = bytes.count
    bytes.append(0)
    var mask: UInt8 = 0
    for (index, start) in stride(from: range.lowerBound, to: range.upperBound, by: 8).enumerated() {
      let length = min(8, range.upperBound - start)
      var word: UInt64 = 0
      withUnsafeMutableBytes(of: &word) { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[start..<start + length])) }
      guard word != 0 else { continue }
      mask |= 1 << UInt8(index)
      withUnsafeBytes(of: &word) { bytes.append(contentsOf: $0.prefix(length)) }
    }
    bytes[place] = mask
  }

  private mutating func take(_ memory: UnsafeMutableRawBufferPointer, _ range: Range<Int>) {
    let mask = bytes[offset]
    offset += 1
    for (index, start) in stride(from: range.lowerBound, to: range.upperBound, by: 8).enumerated() {
      let length = min(8, range.upperBound - start)
      let part = UnsafeMutableRawBufferPointer(rebasing: memory[start..<start + length])
      guard mask & 1 << UInt8(index) != 0 else {
        part.initializeMemory(as: UInt8.self, repeating: 0)
        continue
      }
      part.copyBytes(from: bytes[offset..<offset + length])
      offset += length
    }
  }
}

/// What can be packed into a ``Parcel``.
package protocol Parceled {
  /// One whose fields are to be unpacked.
  static var blank: Self { get }

  /// Packs all fields, or unpacks them, in the same order.
  mutating func code(_ parcel: inout Parcel)
}
