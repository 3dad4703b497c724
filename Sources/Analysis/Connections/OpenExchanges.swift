/// The HTTP exchanges of a connection that are not over, by their number: nearly always one or none.
struct OpenExchanges {
  private var entries: [(number: Int, exchange: Conversation.OpenExchange)] = []

  var isEmpty: Bool { entries.isEmpty }

  /// The numbers, ascending.
  var numbers: [Int] { entries.map(\.number).sorted() }

  /// The exchange with a number; set to `nil` when it is over.
  subscript(number: Int) -> Conversation.OpenExchange? {
    get { entries.first { $0.number == number }?.exchange }
    set {
      let index = entries.firstIndex { $0.number == number }
      switch (index, newValue) {
      case (let index?, let exchange?): entries[index].exchange = exchange
      case (nil, let exchange?): entries.append((number, exchange))
      // The memory goes with the last one: the connection may be a WebSocket from now on.
      case (let index?, nil): if entries.count == 1 { entries = [] } else { entries.remove(at: index) }
      case (nil, nil): break
      }
    }
  }

  /// Takes an exchange out.
  mutating func remove(_ number: Int) -> Conversation.OpenExchange? {
    defer { self[number] = nil }
    return self[number]
  }

  /// The highest number of an exchange that is as wanted.
  func last(where isWanted: (Conversation.OpenExchange) -> Bool) -> Int? {
    entries.filter { isWanted($0.exchange) }.map(\.number).max()
  }
}
