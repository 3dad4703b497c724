import ArgumentParser
import Live
import Metrics
import Packets
import Reports

/// What is told of a capture that runs for weeks.
struct StatisticsOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write a line of counters this often: with --format ndjson among the others, else to --statistics.",
      valueName: "time"))
  var interval: TimeSpan?

  @Option(help: ArgumentHelp("Where the lines of --interval go.", valueName: "file"), completion: .file())
  var statistics: String?

  @Option(
    help: ArgumentHelp(
      "Serve /metrics for Prometheus, and /healthz; a port alone is one of the loopback address.",
      valueName: "address:port"))
  var metrics: ServedAddress?

  func validate() throws {
    if statistics != nil, interval == nil { throw ValidationError("--statistics: say how often with --interval") }
  }

  /// Opens what was asked for, after the rights were dropped.
  func open(output: OutputOptions) throws -> LiveStatistics {
    if interval != nil, statistics == nil, output.format != .ndjson {
      throw ValidationError("--interval: use --format ndjson, or name a file with --statistics")
    }
    var server: MetricsServer?
    if let metrics {
      let made = MetricsServer(address: metrics.endpoint)
      if let reason = made.start() {
        Diagnostics.say("--metrics \(metrics.endpoint): can't listen: \(Sanitizer.visible(reason))")
        throw ExitCode(2)
      }
      server = made
    }
    let file = try statistics.map {
      LiveOutput(try OutputFile(creating: $0, replacing: output.force, inputs: []))
    }
    return LiveStatistics(interval: interval?.interval, file: file, server: server)
  }
}

/// An address to serve at; of a port alone, the loopback's.
struct ServedAddress: ExpressibleByArgument {
  var endpoint: Endpoint

  init?(argument: String) {
    if let port = UInt16(argument), port > 0 {
      endpoint = Endpoint(address: IPAddress(ipv4: 0x7f00_0001), port: port)
    } else if let endpoint = Endpoint(argument), endpoint.port > 0 {
      self.endpoint = endpoint
    } else {
      return nil
    }
  }
}
