import Bytes
import Packets

/// Why a capture, or the rest of it, could not be read or written: facts, with a sentence made from them.
package struct CaptureError: Error, Equatable, Sendable {
  /// The file's path as it was given; `-` is standard input.
  package var path: String
  /// What happened.
  package var kind: Kind

  package init(path: String, _ kind: Kind) {
    self.path = path
    self.kind = kind
  }

  /// What can go wrong with a file.
  package enum Kind: Error, Equatable, Sendable {
    case noSuchFile
    case isDirectory
    case permissionDenied
    /// A terminal was given, not a pipe or a file.
    case isTerminal
    case cannotOpen(errno: Int32)
    case readFailed(errno: Int32, Place)
    /// The file has no byte.
    case empty
    /// The file begins with these bytes, which no capture format does.
    case notACapture(start: [UInt8])
    /// The file ends within its header.
    case headerCutOff
    /// The file ends within a record; what came before it was delivered.
    case cutOff(Place)
    /// A record contradicts its format, so that the next one can't be found.
    case damaged(Place, ParseError.Reason)
    /// libpcap refused a record, in its own words.
    case refused(Place, message: String)
    /// The compressed data contradict their format.
    case damagedCompression(Compression, Place, message: String)
    /// A capture format that neither this module nor libpcap reads, in libpcap's words.
    case unsupported(message: String)
    /// The filter expression is wrong, in libpcap's words.
    case badFilter(expression: String, message: String)
    /// The filter expression is right, but cannot be applied to a link type of the capture.
    case filterUnusable(expression: String, linkType: LinkType, message: String)
    /// The file to write is there already, and was not to be replaced.
    case alreadyExists
    case writeFailed(errno: Int32)
    /// A packet of one link type was to be written to a file of another.
    case otherLinkType(LinkType, file: LinkType)
  }

  /// A place in a capture.
  package struct Place: Equatable, Sendable {
    /// The number, from 1, of the packet that was being read.
    package var record: Int
    /// Bytes from the start of the file, or of the unpacked data, to the start of that packet's record or block.
    package var offset: Int
    /// Whether the file is compressed, so that `offset` counts unpacked bytes.
    package var isUnpacked: Bool

    package init(record: Int, offset: Int, isUnpacked: Bool) {
      self.record = record
      self.offset = offset
      self.isUnpacked = isUnpacked
    }
  }

  /// Whether the fault is the filter's, not the file's.
  package var isFilterError: Bool {
    switch kind {
    case .badFilter, .filterUnusable: true
    default: false
    }
  }

  /// Whether the capture counts as unreadable (exit status 2) and not merely as cut off (a warning).
  package var isFatal: Bool {
    if case .cutOff = kind { false } else { true }
  }
}
