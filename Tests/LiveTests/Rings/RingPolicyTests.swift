import Live
import Packets
import Testing

@Suite("A ring's policy")
struct RingPolicyTests {
  @Test(
    "sizes, times and the count of files are told apart by their units",
    arguments: [
      ("100M,10", RingPolicy(size: 100 << 20, count: 10)), ("64k,2", RingPolicy(size: 64 << 10, count: 2)),
      ("1h,24", RingPolicy(time: .seconds(3600), count: 24)),
      ("1G,30m,5", RingPolicy(size: 1 << 30, time: .seconds(1800), count: 5)),
      ("5,10s,1M", RingPolicy(size: 1 << 20, time: .seconds(10), count: 5)),
    ])
  func reads(text: String, policy: RingPolicy) { #expect(RingPolicy(text) == policy) }

  @Test(
    "what names no count, or neither size nor time, or one thing twice, is none",
    arguments: [
      "", "10", "100M", "100M,", "100M,0", "0M,3", "100M,10,10", "1M,2M,3", "1x,3", "M,3", "-1M,3", "1h,1d,2",
    ])
  func refuses(text: String) { #expect(RingPolicy(text) == nil) }
}
