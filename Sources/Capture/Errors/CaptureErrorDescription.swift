import Bytes
import Glibc
import Packets

extension CaptureError: CustomStringConvertible {
  /// One line that says what happened and what to do.
  package var description: String { "\(displayName(of: path)): \(explanation)" }

  private var explanation: String {
    switch kind {
    case .noSuchFile: "no such file"
    case .isDirectory: "is a directory; give a capture file"
    case .permissionDenied: "permission denied; run wstrace as the file's owner, or change the file's mode with chmod"
    case .isTerminal: "is a terminal; give a capture file, or pipe one in"
    case .cannotOpen(let code): "cannot be opened: \(systemMessage(code))"
    case .readFailed(let code, let place): "cannot be read on from \(place): \(systemMessage(code)); \(place.outcome)"
    case .empty: "empty file; a capture begins with a header, so capture again and stop it with Ctrl-C"
    case .notACapture(let start):
      "not a capture file (starts with \(hexadecimal(start))); wstrace reads pcap and pcapng, also .gz and .zst"
    case .headerCutOff: "cut off in its header; copy or capture it again"
    case .cutOff(let place): "cut off in \(place); \(place.outcome)"
    case .damaged(let place, let reason): "damaged in \(place): \(sentence(reason)); \(place.outcome)"
    case .refused(let place, let message): "damaged in \(place): \(printable(message)); \(place.outcome)"
    case .damagedCompression(let compression, let place, let message):
      "damaged \(compression) data in \(place): \(printable(message)); \(place.outcome)"
    case .unsupported(let message):
      "not supported: \(printable(message)); convert it with 'editcap -F pcapng' and give wstrace the result"
    case .badFilter(let expression, let message):
      "bad filter '\(printable(expression))': \(printable(message)); pcap-filter(7) explains the language"
    case .filterUnusable(let expression, let linkType, let message):
      "filter '\(printable(expression))' cannot be used with link type \(linkType.rawValue): \(printable(message))"
    case .alreadyExists: "exists already; give another name, or replace it with --force"
    case .otherLinkType(let other, let own):
      "holds packets of link type \(own.rawValue), not \(other.rawValue); write those to a file of their own"
    case .writeFailed(let code): "cannot be written: \(systemMessage(code))"
    }
  }

  private func sentence(_ reason: ParseError.Reason) -> String {
    switch reason {
    case .short(let needed, let available):
      "a block of \(grouped(available)) bytes, where \(grouped(needed)) are needed"
    case .invalid(let field): "the \(field) is impossible"
    case .limit(let name, let value): "the \(name) is \(grouped(value)), more than any capture has"
    }
  }
}

extension CaptureError.Place: CustomStringConvertible {
  package var description: String {
    "record \(grouped(record)) (at byte \(grouped(offset))\(isUnpacked ? " of the unpacked data" : ""))"
  }

  /// What became of the packets before this place.
  fileprivate var outcome: String {
    record > 1 ? "everything before it was analysed" : "no packet comes before it"
  }
}

/// A path as it may be shown on a terminal.
func displayName(of path: String) -> String {
  path == "-" ? "standard input" : printable(path)
}

/// Text with its control characters, line breaks and direction overrides escaped.
func printable(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: result += scalar.escaped(asASCII: true)
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// A number with its thousands separated by commas.
func grouped(_ number: Int) -> String {
  let digits = String(number.magnitude)
  var result = number < 0 ? "-" : ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index).isMultiple(of: 3) { result.append(",") }
    result.append(digit)
  }
  return result
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}

private func systemMessage(_ code: Int32) -> String {
  String(cString: strerror(code))
}
