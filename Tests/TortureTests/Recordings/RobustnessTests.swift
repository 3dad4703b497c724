import Analysis
import Diagnosis
import Packets
import TestSupport
import Testing

/// The same recording, captured worse: the verdict must stay.
@Suite struct RobustnessTests {
  @Test("a verdict does not depend on how well the traffic was captured", arguments: Recorded.paths)
  func verdicts(path: String) throws {
    let recording = try Recorded(path: path)
    let whole = Verdict(recording.packets)
    for change in Change.all {
      for (place, packets) in change.apply(recording.packets, whole) {
        let verdict = Verdict(packets)
        let found = verdict.alarms
        let new = found.subtracting(whole.alarms).subtracting(whole.explained)
        #expect(new.isEmpty, "\(recording.name), \(change.name)\(place): false alarm")
        let lost = whole.alarms.subtracting(found)
        if change.hidesFaults { continue }
        #expect(lost == change.hidden(from: recording.name, place), "\(recording.name), \(change.name)\(place): missed")
        let wrong = verdict.blames(differingFrom: whole)
        #expect(wrong.isEmpty, "\(recording.name), \(change.name)\(place): wrong blame")
      }
    }
  }
}

/// A way in which a capture can be worse than another of the same traffic.
struct Change: Sendable {
  let name: String
  /// The captures that it makes of one, with a word on each where there are several.
  let apply: @Sendable ([RecordedPacket], Verdict) -> [(place: String, packets: [RecordedPacket])]

  /// Whether what spans the change can't be judged, so that only false alarms count.
  var hidesFaults = false

  static let all = [afterHandshake, lossy, oneLeg, shifted, doubled, leapt]

  /// The clock was set ahead by ten minutes in the middle, or the machine slept.
  static let leapt = Change(
    name: "with a clock that leaps",
    apply: { packets, _ in
      [
        (
          "",
          packets.enumerated().map { index, packet in
            var packet = packet
            if index >= packets.count / 2 { packet.time = packet.time + .seconds(600) }
            return packet
          }
        )
      ]
    }, hidesFaults: true)

  /// The capture was started when the first connection was open.
  static let afterHandshake = Change(name: "begun after the handshake") { packets, whole in
    guard let first = whole.connections.first(where: { $0.tcp.roundTrip != nil }) else { return [] }
    guard let end = first.tcp.synAck.first else { return [] }
    return [("", Array(packets.dropFirst(end.number + 1)))]
  }

  /// The kernel dropped one packet in a hundred.
  static let lossy = Change(name: "without 1 % of the packets") { packets, _ in
    (1...3).map { (seed: UInt64) in
      var random = SeededGenerator(seed: seed)
      return (", seed \(seed)", packets.filter { _ in !random.oneIn(100) })
    }
  }

  /// The capture was taken in front of the proxy, or behind it.
  static let oneLeg = Change(name: "on one leg") { packets, whole in
    let (front, back) = (whole.endpoints(on: .client), whole.endpoints(on: .upstream))
    guard !front.isEmpty, !back.isEmpty else { return [] }
    return [("client", back), ("upstream", front)].map { name, others in
      (", \(name)", packets.filter { packet in packet.endpoints.map { !others.contains($0) } ?? true })
    }
  }

  /// The clock was three years behind.
  static let shifted = Change(name: "at another time") { packets, _ in
    [
      (
        "",
        packets.map { packet in
          var packet = packet
          packet.time = packet.time + .seconds(-94_608_000.125)
          return packet
        }
      )
    ]
  }

  /// The capture has each packet twice.
  static let doubled = Change(name: "with each packet twice") { packets, _ in
    [
      (
        "",
        packets.flatMap { packet in
          var copy = packet
          copy.time = packet.time + Interval(nanoseconds: 3_000)
          return [packet, copy]
        }.sortedByTime()
      )
    ]
  }
}

extension Change {
  /// What a worse capture can't show: the fault is on the other leg, or its proof is among what was not captured.
  func hidden(from recording: String, _ place: String) -> Set<String> {
    switch (recording, name, place) {
    // The proxy held what the server had sent evenly: the server's leg alone has every message on time.
    case ("buffering-1500ms-both-legs.pcap", "on one leg", ", upstream"): ["buffering-delay"]
    default: []
    }
  }
}

extension RecordedPacket {
  /// The two ends of a TCP packet.
  fileprivate var endpoints: Set<Endpoint>? {
    var decoder = PacketDecoder()
    var segment = Segment()
    let reference = PacketReference(capture: 0, number: 1, time: time)
    let decoded = decoder.decode(
      bytes.span.bytes, linkType: LinkType(rawValue: linkType), wireLength: originalLength, reference: reference,
      into: &segment)
    return decoded == .segment ? [segment.source, segment.destination] : nil
  }
}
