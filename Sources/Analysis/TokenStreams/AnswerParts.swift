import Packets
import SocketIO

/// How much slower than a stream another one is that is only told among its messages.
private let asideFactor = 3.0

/// Streams that are parts of one answer, as thoughts and text, and those that only come at the same time.
extension StreamTracker {
  /// The last message of the streams that answer the same trigger as a run.
  func latestOfAnswer(_ run: StreamRun, _ knowledge: EndKnowledge) -> PacketReference {
    companions(of: run, knowledge).reduce(run.last) { $1.last.time > $0.time ? $1.last : $0 }
  }

  /// The other streams of the answer that a run is part of, as thoughts are before and between text.
  private func companions(of run: StreamRun, _ knowledge: EndKnowledge) -> some Sequence<StreamRun> {
    let asked = run.trigger?.reference
    return runs.lazy.filter { other in
      other.isStream && other.name != run.name && asked != nil && other.trigger?.reference == asked
        && !knowledge.isUnasked(other.name) && !knowledge.isMixed(run.name, with: other.name)
    }
  }

  /// Whether a stream is far slower than one among whose messages it comes.
  func isAside(_ other: NameID, in run: StreamRun) -> Bool {
    guard run.isStream, let other = runs.first(where: { $0.name == other }), other.isStream else { return false }
    return run.meanGap.seconds * asideFactor < other.meanGap.seconds
  }

  /// Whether another stream of the same answer has come to its end.
  func isAnswerOver(of run: StreamRun, _ knowledge: EndKnowledge) -> Bool {
    companions(of: run, knowledge).contains { other in
      guard knowledge.knowsEnd(of: other.name), knowledge.isEnded(other) == true else { return false }
      // Thoughts end with the text, and that is not the end of the answer.
      return !runs.contains { $0.isStream && $0.name == knowledge.endEvent(of: other) }
    }
  }

  /// Whether another stream of the same answer has gone on behind the last message of a run, or come to its end.
  func isFollowed(_ run: StreamRun, _ knowledge: EndKnowledge) -> Bool {
    latestOfAnswer(run, knowledge) != run.last || isAnswerOver(of: run, knowledge)
  }
}
