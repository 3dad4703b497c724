import Analysis
import Diagnosis

extension Environment {
  typealias Setting = (name: String, value: EvidenceValue)

  /// The timers and the limit of the Engine.IO handshakes.
  static func handshakeSettings(_ sessions: HandshakeValues) -> [Setting] {
    [
      ("pingInterval", numbers(sessions.pingIntervals)),
      ("pingTimeout", numbers(sessions.pingTimeouts)),
      ("maxPayload", numbers(sessions.maxPayloads)),
    ].compactMap(known)
  }

  /// What requests and answers show of the protocols.
  static func observedSettings(_ facts: EnvironmentFacts, _ sessions: HandshakeValues) -> [Setting] {
    let refused = facts.refusedRevision3.map { _ in EvidenceValue.flag(false) }
    return [
      ("engineIO", numbers(sessions.revisions)),
      ("transports", text(sessions.transports.sorted())),
      ("upgradesOffered", sessions.offersUpgrade ? .text("websocket") : nil),
      ("allowEIO3", facts.acceptedRevision3 != nil ? .flag(true) : refused),
      ("connectionStateRecovery", sessions.showsRecovery ? .flag(sessions.offersRecovery) : nil),
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

  /// One number, or the different ones as text.
  private static func numbers(_ values: Set<Int>) -> EvidenceValue? {
    let distinct = values.sorted()
    if let only = distinct.first, distinct.count == 1 { return .count(only) }
    return text(distinct.map(String.init))
  }

  private static func text(_ values: [String]) -> EvidenceValue? { list(values).map(EvidenceValue.text) }

  private static func known(_ setting: (name: String, value: EvidenceValue?)) -> Setting? {
    setting.value.map { (setting.name, $0) }
  }
}
