import Bytes
import SocketIO
import Testing

@Suite struct NameTableTests {
  private func id(_ name: String, in table: inout NameTable) -> NameID {
    let bytes = Array(("xx" + name).utf8)
    return table.id(of: 2..<bytes.count, in: bytes.span.bytes)
  }

  @Test func `the same bytes are the same name, whatever their length`() {
    var table = NameTable(seed: 1)
    let names = (0...40).map { String(repeating: "n", count: $0) } + (0..<2000).map { "event\($0)" }
    let first = names.map { id($0, in: &table) }
    #expect(Set(first).count == names.count)
    #expect(names.map { id($0, in: &table) } == first)
    #expect(first.map { table[$0] } == names)
    #expect(table.count == names.count + 1)
  }

  @Test func `numbers do not depend on the seed`() {
    var one = NameTable(seed: 1)
    var two = NameTable(seed: 2)
    for name in ["token", "done", "token", "é"] { #expect(id(name, in: &one) == id(name, in: &two)) }
  }

  @Test func `names beyond the limits are one other name`() {
    var limits = NameLimits()
    limits.count = 2
    limits.length = 8
    var table = NameTable(limits: limits, seed: 1)
    #expect(id("a", in: &table).rawValue == 1)
    #expect(id("b", in: &table).rawValue == 2)
    #expect(id("c", in: &table) == .other)
    #expect(id("123456789", in: &table) == .other)
    #expect(id("a", in: &table).rawValue == 1)
    #expect(table.overflow == 2)
    #expect(table[.other] == "(other)" && table[NameID(rawValue: 99)] == "(other)")
  }

  @Test func `an escaped name is the name that it spells`() throws {
    var table = NameTable(seed: 1)
    let plain = id("tok", in: &table)
    let bytes = Array(#"2["t\u006fk"]"#.utf8)
    let packet = try SocketPacket(parsing: bytes.span.bytes, in: 0..<bytes.count)
    #expect(table.id(of: packet, in: bytes.span.bytes) == plain)
  }
}
