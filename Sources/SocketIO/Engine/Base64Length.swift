/// The number of bytes that base64 text stands for (RFC 4648 section 4), without decoding it.
package enum Base64Length {
  /// The decoded length of `count` characters of which the last `padding` are `=`; unpadded text is accepted.
  @inlinable
  package static func decoded(count: Int, padding: Int) -> Int {
    let characters = max(0, count &- min(max(0, padding), 2))
    return characters / 4 &* 3 &+ characters % 4 &* 3 / 4
  }
}
