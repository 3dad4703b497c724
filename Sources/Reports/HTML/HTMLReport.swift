import Analysis
import Bytes
import Crypto
import Diagnosis
import Packets
import ReportPage
import WebSocket

/// `report.html`: one file that loads nothing, with the findings in words and all messages in a picture.
///
/// Give it the report, then each message in the order of time, then have it written (``write(to:)``). Messages are packed as they come;
/// what the page can't hold is counted and said.
package struct HTMLReport: ~Copyable {
  let report: Report
  let extras: ReportExtras
  var marks: MarkStream
  private var details: [String] = []
  private var detailBytes = 0
  private var leftOut = 0
  private let windows: FindingWindows

  /// Messages in the picture: with ten bytes each, and a third more in Base64, about 20 MB.
  static let mostMarks = 1_400_000
  /// Bytes of the messages' texts; those around findings come first.
  static let mostDetailBytes = 4 << 20
  /// Bytes of the picture's messages that are written at once.
  private static let markPiece = 192 << 10
  /// Messages whose texts are kept wherever they are.
  private static let firstDetails = 20_000
  /// Characters of one message's text.
  private static let detailLength = 600

  /// - Parameters:
  ///   - report: everything but the messages, redacted already.
  ///   - extras: what a ticket has beyond the report.
  package init(_ report: Report, extras: ReportExtras = ReportExtras()) {
    self.report = report
    self.extras = extras
    marks = MarkStream(epoch: report.epoch, captureCount: report.captures.count)
    windows = FindingWindows(report.findings)
  }

  /// Takes the next message.
  package mutating func add(_ message: MessageRecord) {
    guard RecordWriter.isMessage(message) else { return }
    guard marks.count < HTMLReport.mostMarks else {
      leftOut += 1
      return
    }
    let isWanted = marks.count < HTMLReport.firstDetails || windows.contains(message.at.time)
    guard isWanted, detailBytes < HTMLReport.mostDetailBytes, !message.payload.isEmpty, message.opcode != .binary
    else {
      marks.add(message, hasDetail: false)
      return
    }
    let text = String(decoding: message.payload.prefix(HTMLReport.detailLength), as: UTF8.self)
    detailBytes += text.utf8.count
    details.append(text)
    marks.add(message, hasDetail: true)
  }

  /// Writes the whole page, in pieces that are lent; all of the report has been looked at before the first one.
  package func write<Failure>(to sink: (RawSpan) throws(Failure) -> Void) throws(Failure) {
    let facts = HTMLText.embedded(HTMLFacts(report, extras, marks, details, leftOut: leftOut).bytes())
    var page = ByteBuffer()
    page.append(head)
    page.append(body)
    page.append("<script type=\"application/json\" id=\"facts\">")
    page.append(facts)
    page.append("</script>\n<script type=\"text/plain\" id=\"marks\">")
    // All pieces but the last one are whole groups of three bytes.
    for start in stride(from: 0, to: marks.bytes.count, by: HTMLReport.markPiece) {
      marks.bytes.withBytes { bytes in
        let end = min(start + HTMLReport.markPiece, bytes.count)
        page.append(base64: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
      }
      try page.handOn(to: sink)
    }
    page.append("</script>\n<script>")
    page.append(PageAssets.script)
    page.append("</script>\n</body>\n</html>\n")
    try page.handOn(to: sink)
  }

  /// The policy names the page's own script and style by their hashes; nothing else runs or loads.
  private var head: String {
    let policy =
      "default-src 'none'; script-src '\(HTMLReport.hash(PageAssets.script))'; "
      + "style-src '\(HTMLReport.hash(PageAssets.style))'; base-uri 'none'; form-action 'none'"
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(policy)">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="generator" content="wstrace \(HTMLText.escaped(report.version))">
      <title>\(HTMLText.escaped(title)) – wstrace</title>
      <style>\(String(decoding: PageAssets.style, as: UTF8.self))</style>
      </head>

      """
  }

  private var title: String { ReportVerdict(report).headline }

  private static func hash(_ bytes: [UInt8]) -> String {
    var text = ByteBuffer()
    text.append("sha256-")
    SHA256.hash(data: bytes).withUnsafeBytes { text.append(base64: $0) }
    return String(decoding: text.take(), as: UTF8.self)
  }
}
