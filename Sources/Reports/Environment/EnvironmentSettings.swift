import Analysis
import Diagnosis

extension Environment {
  typealias Setting = (name: String, value: EvidenceValue)

  /// The timers and the limit of the Engine.IO handshakes.
  static func handshakeSettings(_ sessions: [SessionSummary]) -> [Setting] {
    [
      ("pingInterval", numbers(sessions.compactMap { $0.pingInterval.map(milliseconds) })),
      ("pingTimeout", numbers(sessions.compactMap { $0.pingTimeout.map(milliseconds) })),
      ("maxPayload", numbers(sessions.compactMap(\.maxPayload))),
    ].compactMap(known)
  }

  /// What requests and answers show of the protocols.
  static func observedSettings(_ facts: EnvironmentFacts, _ sessions: [SessionSummary]) -> [Setting] {
    let used = sessions.flatMap { $0.transports.map(\.rawValue) }.sorted()
    let offered = sessions.contains { $0.offersWebSocket && $0.transports.first == .polling }
    let recovery = sessions.filter { $0.engineIO == 4 && $0.recovery.answered != nil }
    let refused = facts.refusedRevision3.map { _ in EvidenceValue.flag(false) }
    return [
      ("engineIO", numbers(sessions.map(\.engineIO))),
      ("transports", text(used)),
      ("upgradesOffered", offered ? .text("websocket") : nil),
      ("allowEIO3", facts.acceptedRevision3 != nil ? .flag(true) : refused),
      ("connectionStateRecovery", recovery.isEmpty ? nil : .flag(recovery.contains(where: \.recovery.isOffered))),
      ("perMessageDeflate", facts.deflateAgreed != nil ? .flag(true) : facts.deflateDeclined.map { _ in .flag(false) }),
    ].compactMap(known)
  }

  /// Where the service was reached, and where the capture was taken.
  static func places(_ facts: EnvironmentFacts, _ captures: [CaptureInfo]) -> [Setting] {
    let point: EvidenceValue? =
      switch facts.capturePoint {
      case .client: .text("beside the client")
      case .proxy: .text("at a proxy, with both legs")
      case .server: .text("beside the server")
      case nil: nil
      }
    return [
      ("path", text(facts.paths.all.map(\.value))),
      ("hosts", text(facts.hosts.all.map(\.value))),
      ("ports", text(facts.ports.all.map(\.value))),
      ("linkTypes", text(captures.flatMap(\.linkTypes))),
      ("capturePoint", point),
    ].compactMap(known)
  }

  private static func milliseconds(_ seconds: Double) -> Int {
    seconds.isFinite && abs(seconds) < 1e12 ? Int((seconds * 1000).rounded()) : 0
  }

  /// One number, or the different ones as text.
  private static func numbers(_ values: [Int]) -> EvidenceValue? {
    let distinct = Set(values).sorted()
    if let only = distinct.first, distinct.count == 1 { return .count(only) }
    return text(distinct.map(String.init))
  }

  private static func text(_ values: [String]) -> EvidenceValue? { list(values).map(EvidenceValue.text) }

  private static func known(_ setting: (name: String, value: EvidenceValue?)) -> Setting? {
    setting.value.map { (setting.name, $0) }
  }
}
