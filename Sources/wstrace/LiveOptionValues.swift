import ArgumentParser
import Packets

/// A length of time on the command line: `90`, `90s`, `10m`, `2h`, `1d`.
struct TimeSpan: ExpressibleByArgument, Equatable {
  var interval: Interval

  init(interval: Interval) { self.interval = interval }

  init?(argument: String) {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let last = argument.last else { return nil }
    let number = units[last] == nil ? argument : String(argument.dropLast())
    guard let value = Double(number), value > 0, value.isFinite else { return nil }
    interval = .seconds(value * (units[last] ?? 1))
  }
}

/// A number of bytes on the command line: `500`, `64k`, `100M`, `2G`, in powers of 1024.
struct ByteCount: ExpressibleByArgument, Equatable {
  var bytes: Int

  init(bytes: Int) { self.bytes = bytes }

  init?(argument: String) {
    let units: [Character: Int] = ["k": 1 << 10, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
    guard let last = argument.last, let number = Int(units[last] == nil ? argument : String(argument.dropLast())),
      number > 0
    else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: units[last] ?? 1)
    guard !overflow else { return nil }
    bytes = product
  }

  var defaultValueDescription: String { bytes % (1 << 20) == 0 ? "\(bytes >> 20)M" : "\(bytes)" }
}
