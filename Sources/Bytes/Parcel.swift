/// A value's fields as bytes: one description of them, ``Parceled/code(_:)``, packs and unpacks.
///
/// For what this program reads again itself: the bytes are in the machine's own order, and trusted. The thread that analyses
/// owns what a parcel refers to.
package final class Parcel: @unchecked Sendable {
  /// Whether fields are being read.
  package let isUnpacking: Bool
  /// The fields, behind their length in four bytes; and room for more.
  private var bytes: UnsafeMutableRawBufferPointer
  /// Where the next field begins.
  private var offset = Parcel.headerLength
  /// What is no bytes, in its order.
  private(set) var objects: [AnyObject]
  private var unpackedObjects = 0

  static let headerLength = 4
  /// Room for most parcels.
  static let usualLength = 2048
  /// Words are written whole, the last one of a field too.
  private static let slack = 8

  /// One to be filled.
  package init() {
    isUnpacking = false
    bytes = .allocate(byteCount: Parcel.usualLength, alignment: 16)
    objects = []
  }

  /// One to be emptied, whose bytes `read` brings: it gets a buffer and a place, and says how many it has put there.
  ///
  /// Answers `nil` where they are not all there.
  init?(objects: [AnyObject], read: (UnsafeMutableRawBufferPointer, Int) -> Int) {
    isUnpacking = true
    self.objects = objects
    bytes = .allocate(byteCount: Parcel.usualLength, alignment: 16)
    var count = read(bytes, 0)
    guard count >= Parcel.headerLength else { return nil }
    if length > bytes.count {
      widen(to: length, keeping: count)
      count += read(UnsafeMutableRawBufferPointer(rebasing: bytes[count...]), count)
    }
    if count < length { return nil }
  }

  deinit { bytes.deallocate() }

  /// Makes a parcel that was filled ready to be filled again.
  func reset() {
    offset = Parcel.headerLength
    objects = []
  }

  /// The length of all, itself included.
  var length: Int { isUnpacking ? Int(bytes.load(as: UInt32.self)) : offset }

  /// The bytes of a parcel that is filled.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    bytes.storeBytes(of: UInt32(truncatingIfNeeded: offset), as: UInt32.self)
    return body(UnsafeRawBufferPointer(rebasing: bytes[..<offset]))
  }

  // MARK: Fields

  /// A field without references.
  @inlinable @inline(__always)
  package func code<Value: BitwiseCopyable>(_ value: inout Value) {
    withUnsafeMutableBytes(of: &value) { MemoryLayout<Value>.size < 8 ? codeSmall($0) : codeMemory($0) }
  }

  /// A field of several values without references.
  package func code<Value: BitwiseCopyable>(_ values: inout [Value]) {
    let count = coded(count: values.count)
    guard isUnpacking else { return values.withUnsafeBytes { codeMemory(UnsafeMutableRawBufferPointer(mutating: $0)) } }
    guard count > 0 else { return values = [] }
    values = [Value](unsafeUninitializedCapacity: count) { buffer, filled in
      let used = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
      codeMemory(UnsafeMutableRawBufferPointer(used))
      filled = count
    }
  }

  /// A text.
  package func code(_ text: inout String) {
    let count = coded(count: text.utf8.count)
    if isUnpacking {
      text = String(decoding: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count]), as: UTF8.self)
    } else {
      makeRoom(for: count)
      let room = UnsafeMutableRawBufferPointer(rebasing: bytes[offset...])
      text.withUTF8 { room.copyMemory(from: UnsafeRawBufferPointer($0)) }
    }
    offset += count
  }

  /// A text or none.
  package func code(_ text: inout String?) {
    guard has(text != nil) else { return text = nil }
    var value = text ?? ""
    code(&value)
    if isUnpacking { text = value }
  }

  /// Several texts.
  package func code(_ texts: inout [String]) {
    let count = coded(count: texts.count)
    guard isUnpacking else {
      for var text in texts { code(&text) }
      return
    }
    texts = []
    for _ in 0..<count {
      var text = ""
      code(&text)
      texts.append(text)
    }
  }

  /// A value that describes its fields.
  package func code<Value: Parceled>(_ value: inout Value) { value.code(self) }

  /// One that describes its fields, or none.
  package func code<Value: Parceled>(_ value: inout Value?) {
    guard has(value != nil) else { return value = nil }
    var coded = value ?? Value.blank
    coded.code(self)
    if isUnpacking { value = coded }
  }

  /// Several that describe their fields.
  package func code<Value: Parceled>(_ values: inout [Value]) {
    let count = coded(count: values.count)
    guard isUnpacking else {
      for var value in values { value.code(self) }
      return
    }
    values = []
    for _ in 0..<count {
      var value = Value.blank
      value.code(self)
      values.append(value)
    }
  }

  // MARK: Objects

  /// An object that stays in memory meanwhile: the parcel holds it beside its bytes.
  package func keep<Object: AnyObject>(_ object: inout Object?) {
    guard has(object != nil) else { return object = nil }
    if isUnpacking {
      object = objects[unpackedObjects] as? Object
      unpackedObjects += 1
    } else if let object {
      objects.append(object)
    }
  }

  /// A value that stays in memory meanwhile, because few have it.
  package func keep<Value>(_ value: inout Value?) {
    guard has(value != nil) else { return value = nil }
    if isUnpacking {
      value = (objects[unpackedObjects] as? Box<Value>)?.value
      unpackedObjects += 1
    } else if let value {
      objects.append(Box(value))
    }
  }

  /// Values that stay in memory meanwhile, because few have any.
  package func keep<Value>(_ values: inout [Value]) {
    guard has(!values.isEmpty) else { return values = [] }
    var some: [Value]? = values
    keep(&some)
    values = some ?? []
  }

  private final class Box<Value> {
    let value: Value

    init(_ value: Value) { self.value = value }
  }

  // MARK: Bytes

  /// Whether a field that may be missing is there.
  private func has(_ isThere: Bool) -> Bool {
    var isThere = isThere
    code(&isThere)
    return isThere
  }

  private func coded(count: Int) -> Int {
    var count = UInt32(truncatingIfNeeded: count)
    code(&count)
    return Int(count)
  }

  private func makeRoom(for count: Int) {
    let needed = offset + count + Parcel.slack
    if needed > bytes.count { widen(to: max(needed, bytes.count * 2), keeping: offset) }
  }

  private func widen(to count: Int, keeping used: Int) {
    let wider = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
    wider.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<used]))
    bytes.deallocate()
    bytes = wider
  }

  /// Less than a word.
  @usableFromInline
  func codeSmall(_ memory: UnsafeMutableRawBufferPointer) {
    if isUnpacking {
      memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + memory.count]))
    } else {
      makeRoom(for: memory.count)
      UnsafeMutableRawBufferPointer(rebasing: bytes[offset...]).copyMemory(from: UnsafeRawBufferPointer(memory))
    }
    offset += memory.count
  }

  /// Memory, eight words at a time: a byte that tells which of them are not zero, as most are not, and those.
  @usableFromInline
  func codeMemory(_ memory: UnsafeMutableRawBufferPointer) {
    if !isUnpacking { makeRoom(for: memory.count + (memory.count + 63) / 64) }
    var start = 0
    while start < memory.count {
      let part = UnsafeMutableRawBufferPointer(rebasing: memory[start..<min(start + 64, memory.count)])
      if isUnpacking {
        Parcel.take(part, UnsafeRawBufferPointer(bytes), &offset)
      } else {
        Parcel.put(part, bytes, &offset)
      }
      start += 64
    }
  }

  private static func put(
    _ memory: UnsafeMutableRawBufferPointer, _ bytes: UnsafeMutableRawBufferPointer, _ offset: inout Int
  ) {
    let mask = offset
    var present: UInt8 = 0
    offset += 1
    let words = memory.count / 8
    for index in 0..<words {
      let word = memory.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)
      bytes.storeBytes(of: word, toByteOffset: offset, as: UInt64.self)
      present |= word != 0 ? 1 << UInt8(index) : 0
      offset += word != 0 ? 8 : 0
    }
    if memory.count % 8 > 0 {
      for index in words * 8..<memory.count { bytes[offset + index - words * 8] = memory[index] }
      present |= 1 << UInt8(words)
      offset += memory.count % 8
    }
    bytes[mask] = present
  }

  private static func take(
    _ memory: UnsafeMutableRawBufferPointer, _ bytes: UnsafeRawBufferPointer, _ offset: inout Int
  ) {
    let present = bytes[offset]
    offset += 1
    let words = memory.count / 8
    for index in 0..<words {
      let isPresent = present & 1 << UInt8(index) != 0
      let word = isPresent ? bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) : 0
      memory.storeBytes(of: word, toByteOffset: index * 8, as: UInt64.self)
      offset += isPresent ? 8 : 0
    }
    for index in words * 8..<memory.count { memory[index] = bytes[offset + index - words * 8] }
    offset += memory.count % 8
  }
}

/// What can be packed into a ``Parcel``.
package protocol Parceled {
  /// One whose fields are to be unpacked.
  static var blank: Self { get }

  /// Packs all fields, or unpacks them, in the same order.
  mutating func code(_ parcel: Parcel)
}
