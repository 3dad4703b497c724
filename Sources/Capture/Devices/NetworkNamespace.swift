import CLinux
import Glibc

/// A network namespace: a container's view of interfaces, by its file or by a process in it.
package struct NetworkNamespace: Sendable {
  private let path: String

  /// The namespace of a file such as `/run/netns/blue`.
  package init(path: String) { self.path = path }

  /// The namespace of a process.
  package init(process: Int) { path = "/proc/\(process)/ns/net" }

  /// Runs something inside the namespace, and comes back.
  ///
  /// Devices that were opened inside stay there. Needs root, and that no other thread was started.
  package func run<Result>(_ body: () throws(DeviceError) -> Result) throws(DeviceError) -> Result {
    let home = try NetworkNamespace.open("/proc/self/ns/net")
    defer { close(home) }
    let inside = try NetworkNamespace.open(path)
    defer { close(inside) }
    try NetworkNamespace.enter(inside, path)
    let result: Result
    do throws(DeviceError) {
      result = try body()
    } catch {
      try NetworkNamespace.enter(home, path)
      throw error
    }
    try NetworkNamespace.enter(home, path)
    return result
  }

  private static func open(_ path: String) throws(DeviceError) -> Int32 {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw DeviceError(device: path, .noNamespace(errno: errno)) }
    return descriptor
  }

  private static func enter(_ descriptor: Int32, _ path: String) throws(DeviceError) {
    guard wstrace_enter_network_namespace(descriptor) == 0 else {
      throw DeviceError(device: path, .noNamespace(errno: errno))
    }
  }
}
