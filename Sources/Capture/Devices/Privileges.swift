import CLinux
import Glibc

/// Rights that opening an interface needs, and nothing after it.
package enum Privileges {
  /// An account that the process becomes.
  package struct Account: Equatable, Sendable {
    package var name: String
    package var user: UInt32
    package var group: UInt32
  }

  /// Gives up root, every capability and all supplementary groups, for ever.
  ///
  /// Call it before the first thread is started: capabilities belong to a thread. Without root there is no account to
  /// leave, and the process's own stays. `user` is the account to become; without one, the caller of sudo, or `nobody`.
  /// Answers the account that the process has now; `nil` where it kept its own.
  @discardableResult
  package static func drop(to user: String?) throws(DeviceError) -> Account? {
    let account = geteuid() == 0 ? try account(user) : nil
    if let account {
      try check(wstrace_set_groups(0, nil))
      try check(wstrace_set_group(account.group, account.group, account.group))
      try check(wstrace_set_user(account.user, account.user, account.user))
    }
    try check(wstrace_drop_capabilities())
    try check(wstrace_forbid_new_privileges())
    return account
  }

  /// The account that root is left for.
  static func account(_ user: String?) throws(DeviceError) -> Account {
    if let user { return try known(user) }
    if let caller = getenv("SUDO_USER"), let account = try? known(String(cString: caller)), account.user != 0 {
      return account
    }
    return (try? known("nobody")) ?? Account(name: "65534", user: 65_534, group: 65_534)
  }

  private static func known(_ name: String) throws(DeviceError) -> Account {
    guard let entry = getpwnam(name) else { throw DeviceError(device: name, .noSuchUser) }
    return Account(name: name, user: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
  }

  private static func check(_ status: Int32) throws(DeviceError) {
    guard status == 0 else { throw DeviceError(device: "wstrace", .keepsRights(errno: errno)) }
  }

  /// Whether capturing is allowed: CAP_NET_RAW is in effect.
  package static var mayCapture: Bool { wstrace_has_capability(CAP_NET_RAW) == 1 }

  /// Where this program lies, for the command that gives it its rights.
  package static var programPath: String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { path in
      guard let start = path.baseAddress else { return "/usr/local/bin/wstrace" }
      let length = readlink("/proc/self/exe", start, path.count - 1)
      guard length > 0 else { return "/usr/local/bin/wstrace" }
      return String(decoding: UnsafeRawBufferPointer(path).prefix(length), as: UTF8.self)
    }
  }
}
