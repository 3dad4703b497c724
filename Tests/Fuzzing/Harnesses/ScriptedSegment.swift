/// A TCP segment between 10.0.0.1 and port 8080 of 10.0.0.2.
struct ScriptedSegment {
  var isFromClient: Bool
  /// The client's port.
  var port: UInt16
  var flags: UInt8
  var sequence: UInt32
  var acknowledgement: UInt32
  var window: UInt16 = 0xffff
  var payload: [UInt8] = []

  /// The segment in an IPv4 packet (RFC 791, RFC 9293).
  var frame: [UInt8] {
    let client: [UInt8] = [10, 0, 0, 1]
    let server: [UInt8] = [10, 0, 0, 2]
    var bytes: [UInt8] = [0x45, 0]
    append(UInt16(truncatingIfNeeded: 40 + payload.count), to: &bytes)
    bytes += [0, 0, 0x40, 0, 64, 6, 0, 0]
    bytes += isFromClient ? client + server : server + client
    append(isFromClient ? port : 8080, to: &bytes)
    append(isFromClient ? 8080 : port, to: &bytes)
    for number in [sequence, acknowledgement] {
      append(UInt16(number >> 16), to: &bytes)
      append(UInt16(number & 0xffff), to: &bytes)
    }
    bytes += [0x50, flags]
    append(window, to: &bytes)
    return bytes + [0, 0, 0, 0] + payload
  }

  private func append(_ number: UInt16, to bytes: inout [UInt8]) {
    bytes += [UInt8(number >> 8), UInt8(number & 0xff)]
  }
}
