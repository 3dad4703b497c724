import Packets
import Testing

@Suite struct IPAddressTests {
  @Test(
    "an address is written in its canonical form (RFC 5952)",
    arguments: [
      ("::", "::"),
      ("::1", "::1"),
      ("1::", "1::"),
      ("2001:db8::1", "2001:db8::1"),
      ("2001:0DB8:0:0:0:0:0:1", "2001:db8::1"),
      ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
      ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
      ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
      ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
      ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
      ("fe80::1:2:3.4.5.6", "fe80::1:2:304:506"),
      ("::ffff:10.0.0.1", "10.0.0.1"),
      ("::ffff:a00:1", "10.0.0.1"),
      ("0.0.0.0", "0.0.0.0"),
      ("255.255.255.255", "255.255.255.255"),
    ])
  func canonicalForm(text: String, expected: String) {
    #expect(IPAddress(text)?.description == expected)
  }

  @Test(
    "what is no address is not read",
    arguments: [
      "", ":", ":::", "1:2:3", "1:2:3:4:5:6:7:8:9", "1::2::3", "1:2:3:4:5:6:7:8::", "12345::", "::g", "::+1", "::-1",
      ":1::", "1::2:", "fe80::1%eth0", "[::1]", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.+4", "1..2.3",
      " 1.2.3.4", "::1.2.3", "1.2.3.4::", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "٣.1.1.1", "::٣",
    ])
  func noAddress(text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test("IPv4 is held in its IPv4-mapped form")
  func mapped() {
    let address = IPAddress(ipv4: 0x0a00_0001)
    #expect(address.isIPv4)
    #expect(address == IPAddress("10.0.0.1"))
    #expect(IPAddress("::a00:1")?.isIPv4 == false)
  }

  @Test(
    "an endpoint is written and read",
    arguments: ["10.0.0.1:8080", "[::1]:8080", "[2001:db8::2]:65535", "0.0.0.0:0"])
  func endpoint(text: String) {
    #expect(Endpoint(text)?.description == text)
  }

  @Test(
    "what is no endpoint is not read",
    arguments: [
      "", ":", "10.0.0.1", "10.0.0.1:", "10.0.0.1:65536", "10.0.0.1:+1", "10.0.0.1:01", "::1:8080", "[::1]",
      "[10.0.0.1]:80", "[::1:80", "::1]:80",
    ])
  func noEndpoint(text: String) {
    #expect(Endpoint(text) == nil)
  }
}
