import Analysis
import ArgumentParser
import Capture
import Diagnosis
import Glibc
import Live
import Packets
import Reports

/// `wstrace live`: captures on this host and says what breaks, as it breaks.
struct LiveCapture: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "live",
    abstract: "Sniff on this host and say what breaks, as it breaks.",
    discussion: """
      Captures until Ctrl-C, --duration or --packets, and then shows the same summary as analyze. Ctrl-C twice ends at \
      once. On a terminal a screen shows what goes on; with --format text or in a pipe, each finding is a line.

        sudo wstrace live -i any
        sudo wstrace live -i eth0 --format ndjson | jq 'select(.type == "finding")'
        sudo wstrace live --pid "$(docker inspect -f '{{.State.Pid}}' chat)" --write chat.pcap
      """)

  @OptionGroup var device: DeviceOptions
  @OptionGroup var following: FollowingOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var keeping: KeepingOptions
  @OptionGroup var statistics: StatisticsOptions
  @OptionGroup var ending: EndingOptions
  @OptionGroup var judgement: JudgementOptions

  @Option(help: "Exit with 1 when a finding is at least this severe.")
  var failOn: FailOn = .never

  mutating func run() throws {
    Interruption.install()
    let judging = try judgement.judging()
    let devices = try device.open(following: following)
    let isScreen = LiveListening.isScreen(output)
    let keeping = try keeping.open(for: devices, replacing: output.force, isScreen: isScreen)
    let statistics = try statistics.open(output: output)
    let sink = try output.open(inputs: [])
    let payloadLimit = min(output.payloadLimit.count, isScreen ? LiveScreen.payloadLimit : .max)
    var run = LiveRun(
      devices: devices,
      analysis: LiveAnalysis(
        options: judging.adjusted(
          following.options(wantsMessages: output.wantsMessages || isScreen, payloadLimit: payloadLimit)),
        captures: devices.count, thresholds: judging.thresholds, expectations: judging.expectations),
      keeping: keeping, statistics: statistics, listener: LiveListening.listener(output, sink),
      ending: ending.conditions, waitsForDevices: device.follow, followed: following.description)
    let findings = try run.run()
    if failOn.isReached(by: findings) { throw ExitCode(1) }
  }
}

/// When a capture ends by itself.
struct EndingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("End after this time: 90s, 10m, 2h.", valueName: "time"))
  var duration: TimeSpan?

  @Option(help: ArgumentHelp("End after this many packets.", valueName: "count"))
  var packets: Int?

  @Option(
    help: ArgumentHelp("End 10 s after a finding of this name first appears (may be repeated).", valueName: "finding"))
  var untilFinding: [String] = []

  func validate() throws {
    if let packets, packets < 1 { throw ValidationError("--packets: at least 1") }
    for name in untilFinding where !Diagnostician.catalogue.contains(where: { $0.id.rawValue == name }) {
      throw ValidationError("--until-finding: there is no finding '\(name)'; `wstrace explain` lists them")
    }
  }

  var conditions: EndingConditions {
    EndingConditions(
      duration: duration?.interval, packets: packets, findings: Set(untilFinding.map(FindingID.init(rawValue:))))
  }
}
