/// Cuts an input the four ways in which TCP may deliver it: whole, byte by byte, in two parts at each position, and
/// with trailing bytes.
///
/// Each element is the list of pieces to feed, and whether `tail` follows the input.
package func fourWays(_ input: [UInt8], tail: [UInt8] = []) -> [(name: String, pieces: [[UInt8]], hasTail: Bool)] {
  var ways: [(name: String, pieces: [[UInt8]], hasTail: Bool)] = [
    ("whole", [input], false),
    ("byte by byte", input.map { [$0] }, false),
  ]
  for position in 1..<max(1, input.count) {
    ways.append(("split at \(position)", [Array(input[..<position]), Array(input[position...])], false))
  }
  if !tail.isEmpty { ways.append(("with a tail", [input + tail], true)) }
  return ways
}
