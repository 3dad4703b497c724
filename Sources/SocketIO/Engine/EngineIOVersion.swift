/// The Engine.IO protocol revision of a session, from the `EIO` query parameter.
///
/// A request without `EIO` is treated as revision 3 by servers. Socket.IO 1 and 2 speak revision 3, Socket.IO 3 and 4
/// speak revision 4.
package enum EngineIOVersion: UInt8, BitwiseCopyable, Hashable, Sendable, CaseIterable {
  case v3 = 3
  case v4 = 4
}
