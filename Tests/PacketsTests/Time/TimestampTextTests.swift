import Packets
import Testing

@Suite struct TimestampTextTests {
  @Test(
    "a moment is written in UTC with 6 or 9 digits, cut not rounded",
    arguments: [
      (0, "1970-01-01T00:00:00.000000Z", "1970-01-01T00:00:00.000000000Z"),
      (1_700_000_000_123_456_789, "2023-11-14T22:13:20.123456Z", "2023-11-14T22:13:20.123456789Z"),
      (951_782_399_999_999_999, "2000-02-28T23:59:59.999999Z", "2000-02-28T23:59:59.999999999Z"),
      (951_782_400_000_000_000, "2000-02-29T00:00:00.000000Z", "2000-02-29T00:00:00.000000000Z"),
      (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000000Z", "2100-03-01T00:00:00.000000000Z"),
      (-1, "1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999999Z"),
      (Int64.max, "2262-04-11T23:47:16.854775Z", "2262-04-11T23:47:16.854775807Z"),
      (Int64.min, "1677-09-21T00:12:43.145224Z", "1677-09-21T00:12:43.145224192Z"),
    ])
  func text(nanoseconds: Int64, micro: String, nano: String) {
    let time = Timestamp(nanoseconds: nanoseconds)
    #expect(time.utcText(fractionDigits: 6) == micro)
    #expect(time.utcText(fractionDigits: 9) == nano)
    #expect(Timestamp(utcText: nano) == time)
  }

  @Test("no digits leave no point")
  func noFraction() {
    #expect(Timestamp(nanoseconds: 999_999_999).utcText(fractionDigits: 0) == "1970-01-01T00:00:00Z")
  }

  @Test(
    "the forms that RFC 3339 allows are read",
    arguments: [
      ("1970-01-01T00:00:01Z", 1_000_000_000),
      ("1970-01-01t00:00:01z", 1_000_000_000),
      ("1970-01-01 00:00:01.5Z", 1_500_000_000),
      ("1970-01-01T00:00:00.0000000019Z", 1),
      ("1970-01-01T02:00:00+02:00", 0),
      ("1969-12-31T22:30:00-01:30", 0),
      ("2016-12-31T23:59:60Z", 1_483_228_800_000_000_000),
    ] as [(String, Int64)])
  func reading(text: String, nanoseconds: Int64) {
    #expect(Timestamp(utcText: text)?.nanoseconds == nanoseconds)
  }

  @Test(
    "what is no moment is not read",
    arguments: [
      "", "1970-01-01", "1970-01-01T00:00:00", "1970-13-01T00:00:00Z", "1970-00-01T00:00:00Z", "2023-02-29T00:00:00Z",
      "1970-04-31T00:00:00Z", "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z", "1970-01-01T00:00:61Z",
      "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00Zx", "70-01-01T00:00:00Z", "1970-01-01T00:00:00+2:00",
      "1677-09-21T00:12:43.145224191Z", "2262-04-11T23:47:16.854775808Z", "9999-12-31T23:59:59Z",
      "0000-01-01T00:00:00Z",
    ])
  func noMoment(text: String) {
    #expect(Timestamp(utcText: text) == nil)
  }
}
