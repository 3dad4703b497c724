import Analysis
import Packets

extension UpgradeAttempt {
  /// What became of an upgrade on its server's leg, where the proxy before it answered that it could not reach the server,
  /// or not in time; empty for any other status.
  func words(behind status: Int?, _ scene: Scene) -> String {
    guard let status, [502, 503, 504].contains(status) else { return "" }
    return switch outcome {
    case .closed(by: .serverToClient, let at):
      " Behind it \(server) had closed the connection without an answer (\(scene.place(at)))."
    case .reset(by: .serverToClient, let at):
      " Behind it \(server) had reset the connection (\(scene.place(at)))."
    case .closed(by: .clientToServer, let at), .reset(by: .clientToServer, let at), .unanswered(let at):
      " Behind it \(server) had not answered in \(duration(at.time - request.time)) (to \(scene.place(at)))."
    case .accepted, .refused: ""
    }
  }
}
