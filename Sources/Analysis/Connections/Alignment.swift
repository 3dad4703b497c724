import HTTP
import Packets

/// Requests and answers behind a hole: one direction waits for the missing bytes while the other is read on, so that their
/// times tell which belong together. Clients of keep-alive connections do not pipeline.
extension Conversation {
  /// Answers remembered: more than a busy connection gets while a hole is waited for.
  private static let mostAnswers = 64

  /// Tells the dialogue which exchange a head that comes now is part of, where a direction looks for one.
  func align(_ direction: Direction, at reference: PacketReference) {
    guard dialogue?.isSearching(direction) == true else { return }
    let exchange: Int?
    switch direction {
    case .serverToClient:
      exchange = exchanges.last { $0.summary.request.map { $0.time <= reference.time } ?? false }
    case .clientToServer:
      exchange = answers.first { $0.at.time > reference.time }?.exchange
    }
    if let exchange { dialogue?.align(direction, to: exchange) }
  }

  /// Remembers when an answer came.
  func noteAnswer(_ exchange: Int, at reference: PacketReference) {
    if answers.count >= Conversation.mostAnswers { answers.removeFirst() }
    answers.append((exchange, reference))
  }

  /// Puts a request into the list that is read after its answer has ended; false where there is no such answer.
  func complete(_ exchange: Int, with request: RequestSummary) -> Bool {
    guard exchanges[exchange] == nil, let answer = answers.first(where: { $0.exchange == exchange })?.at,
      let index = requests.lastIndex(where: { $0.answer == answer && $0.request == nil })
    else { return false }
    let (status, refusal) = (requests[index].status, requests[index].refusal)
    requests[index] = request
    requests[index].status = status
    requests[index].answer = answer
    requests[index].refusal = refusal
    return true
  }
}
