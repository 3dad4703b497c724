import Analysis
import ArgumentParser
import Streams

/// Which connections are followed.
struct FollowingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A TCP port to follow (may be repeated), or 'any' for all.", valueName: "port"))
  var port: [PortChoice] = [.number(8080)]

  /// What the analysis is to follow and keep.
  func options(wantsMessages: Bool, payloadLimit: Int) -> AnalysisOptions {
    var options = AnalysisOptions()
    options.ports = port.contains(.any) ? .any : PortSelection(port.compactMap(\.number))
    options.wantsMessages = wantsMessages
    options.payloadLimit = payloadLimit
    return options
  }
}

extension FollowingOptions {
  /// `tcp port 8080`.
  var description: String {
    if port.contains(.any) { return "tcp" }
    return "tcp port " + port.compactMap(\.number).map(String.init).joined(separator: ", ")
  }
}

/// A port, or all of them.
enum PortChoice: ExpressibleByArgument, Equatable {
  case number(UInt16)
  case any

  init?(argument: String) {
    if argument == "any" {
      self = .any
    } else if let number = UInt16(argument), number > 0 {
      self = .number(number)
    } else {
      return nil
    }
  }

  var number: UInt16? {
    if case .number(let number) = self { return number }
    return nil
  }

  var defaultValueDescription: String { number.map(String.init) ?? "any" }
}
