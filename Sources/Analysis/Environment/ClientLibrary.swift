import HTTP

/// What the request that opens a session tells of the library that sent it.
enum ClientLibrary {
  /// What stands before the revision of a client that only that tells of.
  static let anonymous = "a client of Engine.IO "

  /// The library's name, as far as the request proves it; `nil` where it proves none.
  ///
  /// Programs name themselves in User-Agent. In a browser it is the cache buster `t` that tells: engine.io-client 6 writes
  /// eight characters of base 36, its predecessors those of the package yeast, the first ones milliseconds and a count;
  /// python-engineio writes seconds with a fraction.
  static func name(_ head: RequestHead) -> String? {
    let revision = head.queryValue("EIO")
    let agent = head.fields["User-Agent"] ?? ""
    let isBrowser = agent.hasPrefix("Mozilla/")
    if let stamp = head.queryValue("t"), let form = Stamp(stamp) {
      if form == .python { return library("python-socketio", revision) }
      if let name = form.javaScriptClient(revision), isBrowser || agent.isEmpty || agent == "node-XMLHttpRequest" {
        return library(name, revision)
      }
    }
    if !agent.isEmpty, !isBrowser { return library(agent, revision) }
    return revision.map { anonymous + $0 }
  }

  private static func library(_ name: String, _ revision: String?) -> String {
    revision.map { "\(name) (Engine.IO \($0))" } ?? name
  }

  /// The form of the cache buster.
  private enum Stamp {
    case base36, yeast, milliseconds, python

    init?(_ text: String) {
      let bytes = Array(text.utf8.prefix(64))
      let digits = bytes.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }.count
      let rest = bytes.dropFirst(digits)
      if digits == 10, rest.first == UInt8(ascii: ".") {
        self = .python
      } else if digits == 13, rest.first == UInt8(ascii: "-") {
        self = .milliseconds
      } else if bytes.count == 8, bytes.allSatisfy(Self.isBase36) {
        self = .base36
      } else if bytes.prefix(while: Self.isYeast).count == 7, bytes.count == 7 || bytes[7] == UInt8(ascii: ".") {
        self = .yeast
      } else {
        return nil
      }
    }

    private static func isBase36(_ byte: UInt8) -> Bool {
      UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
    }

    private static func isYeast(_ byte: UInt8) -> Bool {
      isBase36(byte | 0x20) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    /// The client in JavaScript that writes this form with a revision of the protocol; `nil` where none does.
    func javaScriptClient(_ revision: String?) -> String? {
      switch (self, revision) {
      case (.base36, "4"): "socket.io-client 4 for JavaScript"
      case (.yeast, "4"): "socket.io-client 3 or 4 for JavaScript"
      case (.yeast, "3"): "socket.io-client 1 or 2 for JavaScript"
      case (.milliseconds, "3"): "socket.io-client 1 for JavaScript"
      default: nil
      }
    }
  }
}
