import Analysis
import Bytes
import Capture
import Diagnosis
import Glibc
import Packets

/// A whole capture file: pcap, pcapng, or packed.
func readCapture(_ input: [UInt8]) {
  guard let file = openCapture(input) else { return }
  var count = 0
  while count < 10_000, (try? file.advance()) == true {
    file.withBytes { precondition($0.byteCount <= file.packet.capturedLength) }
    count += 1
  }
}

/// A whole capture file, and all that is made of its packets.
func analyzeRecording(_ input: [UInt8]) {
  guard let file = openCapture(input) else { return }
  var options = AnalysisOptions()
  options.wantsMessages = true
  var analyzer = Analyzer(options: options)
  var count = 0
  while count < 10_000, (try? file.advance()) == true {
    let packet = file.packet
    file.withBytes {
      analyzer.receive(
        $0, linkType: packet.linkType, wireLength: packet.wireLength, reference: packet.reference)
    }
    count += 1
  }
  analyzer.finish()
  var diagnostician = Diagnostician()
  for event in analyzer.takeEvents() { diagnostician.observe(event) }
  _ = diagnostician.conclude(in: Scene(epoch: Timestamp(nanoseconds: 0), captures: 1))
}

/// A file with this content; `nil` where it is no capture.
private func openCapture(_ content: [UInt8]) -> CaptureFile? {
  var template = Array("/tmp/wstrace-fuzz-XXXXXX".utf8CString)
  let descriptor = mkstemp(&template)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  // The file has no name any more while it is read.
  unlink(template)
  content.withUnsafeBytes { _ = write(descriptor, $0.baseAddress, $0.count) }
  var options = ReaderOptions()
  options.limits.packetLength = 1 << 20
  return try? CaptureFile(path: "/proc/self/fd/\(descriptor)", index: 0, options: options)
}
