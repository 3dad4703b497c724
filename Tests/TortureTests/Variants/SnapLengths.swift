import Packets
import TestSupport

/// Captures that keep the beginning of each packet only.
extension Variant {
  static let snapLengths: [Variant] = [96, 128, 200, 1000].map { snaplen in
    Variant("packets cut at \(snaplen) octets") {
      let talk = Talk.clean
      var expected = Expected(talk)
      let headers = 14 + 20 + 32
      for direction in Direction.allCases {
        let cuts = talk.data(direction).map { talk.range(of: talk.packets[$0]) }.compactMap { range in
          range.count > snaplen - headers ? range.lowerBound + snaplen - headers..<range.upperBound : nil
        }
        let hurt = talk.hurt(direction, without: cuts)
        expected.messages[direction] = talk.messages[direction].indices.filter { !hurt.contains($0) }
          .map { talk.messages[direction][$0] }
      }
      var recording = Recording(talk.packets.recorded.map { $0.cut(to: snaplen) }, [expected])
      recording.notices = ["capture-truncated"]
      return recording
    }
  }
}
