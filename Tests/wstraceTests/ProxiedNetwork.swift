import Foundation
import TestSupport

/// Three network namespaces in a row: a client, a proxy, and a server, where nginx is the proxy.
///
/// The client is 10.198.1.2, the server 10.198.2.2. At 10.198.1.1 nginx passes upgrades on as it should, at 10.198.1.3 it
/// strips their headers. All is taken down when the test lets go of it.
final class ProxiedNetwork {
  static let goodProxy = "10.198.1.1"
  static let strippingProxy = "10.198.1.3"
  static let server = "10.198.2.2"

  let name: String
  private let folder: TemporaryFolder
  private var nginx: RunningProgram?

  /// What is not here, or `nil` where such a network can be made.
  static let missing: String? = {
    guard NetworkNamespaces.areAvailable else { return NetworkNamespaces.reason }
    let absent = ["nginx", "nft"].filter { (try? Shell.run("PATH=$PATH:/usr/sbin:/sbin command -v \($0)")) != 0 }
    return absent.isEmpty ? nil : "make setup has not installed \(absent.joined(separator: ", "))"
  }()

  init() throws {
    name = "wsp\(UInt16.random(in: 0...UInt16.max))"
    folder = try TemporaryFolder()
    chmod(folder.path, 0o755)
    try Shell.succeed(
      """
      set -e
      for side in client proxy server; do ip netns add \(name)-$side; ip -n \(name)-$side link set lo up; done
      ip -n \(name)-client link add veth0 type veth peer name front netns \(name)-proxy
      ip -n \(name)-server link add veth0 type veth peer name back netns \(name)-proxy
      ip -n \(name)-client addr add 10.198.1.2/24 dev veth0
      ip -n \(name)-proxy addr add \(Self.goodProxy)/24 dev front
      ip -n \(name)-proxy addr add \(Self.strippingProxy)/24 dev front
      ip -n \(name)-proxy addr add 10.198.2.1/24 dev back
      ip -n \(name)-server addr add \(Self.server)/24 dev veth0
      ip -n \(name)-client link set veth0 up; ip -n \(name)-server link set veth0 up
      ip -n \(name)-proxy link set front up; ip -n \(name)-proxy link set back up
      """)
    try folder.write(Array(Self.configuration.utf8), as: "nginx.conf")
    nginx = try start("proxy", ["nginx", "-p", folder.path + "/", "-e", "errors.log", "-c", "nginx.conf"])
  }

  deinit {
    nginx = nil
    _ = try? Shell.run("for side in client proxy server; do ip netns del \(name)-$side; done")
  }

  /// The file of the namespace in which nginx runs.
  var proxyPath: String { "/run/netns/\(name)-proxy" }

  /// Starts a program in one of the namespaces.
  func start(_ side: String, _ command: [String]) throws -> RunningProgram {
    try RunningProgram(["env", "PATH=\(Self.path)", "ip", "netns", "exec", "\(name)-\(side)"] + command)
  }

  /// Starts the chat's server, and waits until it listens.
  func server(_ options: [String]) throws -> RunningProgram {
    let server = try start("server", ["python3", Programs.chat, "server", Self.server, "8080"] + options)
    guard server.wait(10, until: { $0.output.contains("ready") }) else { throw Shell.Failure(script: server.errors) }
    return server
  }

  /// Starts clients of the chat, by way of one of the proxy's addresses.
  func client(_ options: [String], through proxy: String = ProxiedNetwork.goodProxy) throws -> RunningProgram {
    try start("client", ["python3", Programs.chat, "client", proxy, "8080"] + options)
  }

  /// Lets the proxy's host drop what the server sends; the capture sees it all the same.
  func dropServerPackets() throws {
    try Shell.succeed(
      """
      PATH=\(Self.path) ip netns exec \(name)-proxy nft 'add table inet fault
      add chain inet fault input { type filter hook input priority 0; }
      add rule inet fault input ip saddr \(Self.server) tcp sport 8080 drop'
      """)
  }

  private static let path = (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/sbin:/sbin"

  /// One process, so that it is gone when it is killed.
  private static let configuration = """
    daemon off; master_process off; user root; pid nginx.pid; error_log errors.log warn;
    events {}
    http {
      access_log off;
      client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi;
      scgi_temp_path scgi;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      server {
        listen \(goodProxy):8080;
        location /socket.io/ {
          proxy_pass http://\(server):8080;
          proxy_set_header Upgrade $http_upgrade;
          proxy_set_header Connection upgrade;
        }
      }
      server {
        listen \(strippingProxy):8080;
        location /socket.io/ { proxy_pass http://\(server):8080; }
      }
    }
    """
}
