import Bytes
import Packets

/// Puts other payload into a datagram that came in fragments.
package enum FragmentRewriting {
  /// The frame of a fragment with its piece of another datagram of the same length; headers stay.
  ///
  /// - Parameters:
  ///   - frame: the captured bytes.
  ///   - fragment: what was found in them.
  ///   - datagram: the whole datagram, as far as it was captured, rewritten; what it lacks becomes zero.
  /// - Returns: the frame's bytes.
  package static func replacing(_ frame: [UInt8], _ fragment: Fragment, with datagram: [UInt8]) -> [UInt8] {
    var bytes = frame
    for index in fragment.captured {
      let place = fragment.offset + index - fragment.captured.lowerBound
      bytes[index] = place < datagram.count ? datagram[place] : 0
    }
    // Padding of the link layer, which may hold anything.
    for index in fragment.captured.upperBound..<bytes.count { bytes[index] = 0 }
    return bytes
  }
}
