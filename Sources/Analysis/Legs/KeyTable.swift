import HTTP
import Packets

/// Pairs the legs of an upgrade by the `Sec-WebSocket-Key`, which tunnelling proxies pass on.
///
/// Only keys that are 16 random bytes pair anything: one that a person typed (`test`) is the same in every attempt.
struct KeyTable {
  /// Proxies pass a request on at once; a key that comes again later is another attempt of a careless client.
  static let window = Interval.seconds(30)

  /// A request with a key: its connection, and when it came.
  struct Use {
    var connection: Int
    var slot: Int32
    var at: Timestamp
  }

  private var uses: [String: Use] = [:]
  /// The keys in the order of their requests, those before `oldest` forgotten.
  private var order: [(key: String, at: Timestamp)] = []
  private var oldest = 0

  /// Notes a request with a key.
  ///
  /// - Returns: the connection on which the key was seen just before, if that is another one.
  mutating func note(_ key: String, _ use: Use, limit: Int) -> Use? {
    guard AcceptKey.isValid(key: key) else { return nil }
    forget(before: use.at, limit: limit)
    if let earlier = uses[key], earlier.connection != use.connection {
      uses[key] = use
      return earlier
    }
    uses[key] = use
    order.append((key, use.at))
    return nil
  }

  /// Forgets what is too old to pair anything, and the oldest where there are too many.
  private mutating func forget(before time: Timestamp, limit: Int) {
    while oldest < order.count, time - order[oldest].at >= KeyTable.window || order.count - oldest >= limit {
      uses[order[oldest].key] = nil
      oldest += 1
    }
    if oldest > 1024, oldest * 2 > order.count {
      order.removeFirst(oldest)
      oldest = 0
    }
  }
}
