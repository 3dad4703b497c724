import Bytes
import CZlib
import HTTP
import TestSupport
import Testing

/// Bodies through the content codings of polling: gzip, deflate in both its forms, Brotli, and none.
@Suite struct ContentDecoderTests {
  static let text = Array(String(repeating: "42[\"token\",\"lorem ipsum dolor\"]\u{1e}", count: 6).utf8)
  /// `text` as Node's zlib.brotliCompressSync writes it.
  static let brotli: [UInt8] = [
    0x1b, 0xbf, 0x00, 0xf8, 0x45, 0x37, 0x97, 0x9a, 0xc8, 0xb2, 0x49, 0x6c, 0x4d, 0x8c, 0x06, 0x41, 0xf1, 0xfc, 0x3c,
    0x47, 0x59, 0x48, 0xb3, 0x7c, 0x41, 0x16, 0x82, 0x98, 0x3a, 0x72, 0x40, 0xd0, 0x7b, 0x73, 0xb8, 0xce, 0xfb, 0xf3,
    0xdc, 0x1a, 0x82, 0x00,
  ]

  /// zlib's window bits for each form: the wrapper of gzip, of zlib, and none.
  enum Form: Int32, CaseIterable { case gzip = 31, zlib = 15, raw = -15 }

  static func deflated(_ text: [UInt8], _ form: Form) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(
      &stream, 6, Z_DEFLATED, form.rawValue, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var input = text
    var output = [UInt8](repeating: 0, count: text.count + 1024)
    let left = input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target -> Int in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(source.count)
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(target.count)
        deflate(&stream, Z_FINISH)
        return Int(stream.avail_out)
      }
    }
    return Array(output.dropLast(left))
  }

  static let bodies: [(name: String, codings: [ContentCoding], body: [UInt8])] = [
    ("gzip", [.gzip], deflated(text, .gzip)), ("deflate", [.deflate], deflated(text, .zlib)),
    ("deflate without its wrapper", [.deflate], deflated(text, .raw)), ("br", [.brotli], brotli),
    ("identity", [], text), ("deflate, then gzip", [.deflate, .gzip], deflated(deflated(text, .zlib), .gzip)),
    ("br, then gzip", [.brotli, .gzip], deflated(brotli, .gzip)),
    (
      "gzip in two members", [.gzip],
      deflated(Array(text[..<50]), .gzip) + deflated(Array(text[50...]), .gzip)
    ),
  ]

  private struct Refused: Error {}

  private func decoder(_ codings: [ContentCoding], limits: HTTPLimits = HTTPLimits()) throws -> ContentDecoder {
    guard let decoder = ContentDecoder(codings, limits: limits) else { throw Refused() }
    return decoder
  }

  @Test("a body is decoded however it is cut", arguments: bodies)
  func fourWays(name: String, codings: [ContentCoding], body: [UInt8]) throws {
    for way in TestSupport.fourWays(body, tail: codings.isEmpty ? [] : [0, 0, 7]) {
      var decoder = try self.decoder(codings)
      var output: [UInt8] = []
      for piece in way.pieces { _ = decoder.decode(piece.span.bytes, into: &output) }
      #expect(output == Self.text, "\(name), \(way.name)")
    }
  }

  @Test("a body that ends early gives its beginning", arguments: bodies)
  func prefixes(name: String, codings: [ContentCoding], body: [UInt8]) throws {
    for count in 0..<body.count {
      var decoder = try self.decoder(codings)
      var output: [UInt8] = []
      let status = decoder.decode(Array(body[..<count]).span.bytes, into: &output)
      #expect(status == .more || status == .end, "\(name), \(count) bytes")
      #expect(Self.text.starts(with: output), "\(name), \(count) bytes")
    }
  }

  @Test("what is not in its coding is malformed", arguments: [ContentCoding.gzip, .deflate, .brotli])
  func malformed(coding: ContentCoding) throws {
    var decoder = try self.decoder([coding])
    var output: [UInt8] = []
    let first = decoder.decode([UInt8](repeating: 0xff, count: 40).span.bytes, into: &output)
    #expect(first == .malformed && output.isEmpty)
    let second = decoder.decode(Self.text.span.bytes, into: &output)
    #expect(second == .malformed && output.isEmpty)
  }

  @Test("decoding stops at the limits of size and ratio")
  func limits() throws {
    let bomb = Self.deflated([UInt8](repeating: 0, count: 4 << 20), .gzip)
    var decoder = try self.decoder([.gzip])
    var output: [UInt8] = []
    let status = decoder.decode(bomb.span.bytes, into: &output)
    #expect(status == .limit && output.count == max(1 << 20, bomb.count * 200))
    var limits = HTTPLimits()
    limits.decodedBytes = 1000
    var small = try self.decoder([], limits: limits)
    output = []
    let end = small.decode([UInt8](repeating: 0, count: 1001).span.bytes, into: &output)
    #expect(end == .limit && output.count == 1000)
    #expect(throws: Refused.self) { _ = try self.decoder([.gzip, .gzip, .gzip, .gzip, .gzip]) }
  }

  @Test("the codings come from both fields, and an unknown one is not guessed")
  func codings() {
    let fields = HeaderFields([("Content-Encoding", "Deflate, br"), ("Transfer-Encoding", "gzip, chunked")])
    #expect(fields.contentCodings == [.deflate, .brotli, .gzip])
    #expect(HeaderFields([("Content-Encoding", "identity")]).contentCodings == [])
    #expect(HeaderFields([("Content-Encoding", "zstd")]).contentCodings == nil)
  }
}
