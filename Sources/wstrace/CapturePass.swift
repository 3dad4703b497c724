import Analysis
import Capture
import Packets
import Streams

/// What makes one run of several captures: the comparison of their clocks, and the choice of the packets that count.
///
/// Files are read once for the comparison, and then for the analysis. What can be read only once is compared meanwhile: its
/// clock is told, and its times stay as they are.
struct CapturePass {
  private let files: [CaptureFile]
  private let ports: PortSelection
  private var surveys: [CaptureSurvey] = []
  private var comparison: CaptureComparison?
  private var secondSight: SecondSight?

  init(_ files: [CaptureFile], ports: PortSelection) {
    self.files = files
    self.ports = ports
  }

  /// Compares the captures, where there are several and all can be read again.
  mutating func compare(reader: ReaderOptions) -> CaptureComparison? {
    guard files.count > 1 else { return nil }
    surveys = files.map { _ in CaptureSurvey(ports: ports) }
    guard files.allSatisfy(\.isRereadable) else { return nil }
    for (index, file) in files.enumerated() { survey(index, file, reader) }
    let found = CaptureComparison(surveys)
    surveys = []
    (comparison, secondSight) = (found, SecondSight(found))
    return found
  }

  private mutating func survey(_ index: Int, _ file: CaptureFile, _ reader: ReaderOptions) {
    // What is wrong with the file is said when it is read for the analysis.
    guard let copy = try? CaptureFile(path: file.path, index: index, options: reader) else { return }
    while !Interruption.isRequested, let run = try? copy.nextRun() {
      for place in run.indices {
        let packet = run[place]
        surveys[index].receive(
          run.bytes(at: place).bytes, linkType: packet.linkType, wireLength: packet.wireLength,
          reference: packet.reference)
      }
    }
  }

  /// Whether a packet is to be analysed, and not one that another capture has too.
  mutating func admits(_ packet: CapturedPacket, _ bytes: RawSpan) -> Bool {
    if secondSight != nil {
      return secondSight?.admits(
        bytes, linkType: packet.linkType, wireLength: packet.wireLength, reference: packet.reference) ?? true
    }
    if surveys.indices.contains(packet.reference.capture) {
      surveys[packet.reference.capture].receive(
        bytes, linkType: packet.linkType, wireLength: packet.wireLength, reference: packet.reference)
    }
    return true
  }

  /// The comparison of what has been read.
  mutating func conclude() -> CaptureComparison? {
    guard !surveys.isEmpty else { return comparison }
    var late = CaptureComparison(surveys)
    late.clocks.isApplied = false
    return late
  }

  var lossPlaces: [LossPlace] { secondSight?.lossPlaces ?? [] }
}
