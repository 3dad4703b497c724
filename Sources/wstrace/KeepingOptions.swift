import ArgumentParser
import Capture
import Glibc
import Live
import Packets
import Reports

/// Which packets are saved, and where.
struct KeepingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Save the packets to this file while they are analysed.", valueName: "file"),
    completion: .file())
  var write: String?

  @Option(
    help: ArgumentHelp(
      "Save to a ring of files: size, time or both, and how many are kept: 100M,10 or 1h,24.", valueName: "ring"))
  var ring: RingPolicy?

  @Option(
    help: ArgumentHelp(
      "For each finding, save the packets from 30 s before it to 10 s after it in this folder.", valueName: "folder"),
    completion: .directory)
  var onFinding: String?

  func validate() throws {
    if ring != nil, write == nil {
      throw ValidationError("--ring: name the files with --write, as in --write chat.pcap")
    }
  }

  /// Creates the files, after the rights were dropped: the account that is left must be able to write them.
  ///
  /// On a screen, the newest packets are kept for a user who asks for them.
  func open(for devices: [LiveDevice], replacing: Bool, isScreen: Bool) throws -> PacketKeeping {
    guard let linkType = devices.first?.linkType else { throw refusal("there is no interface to capture from") }
    if let other = devices.first(where: { $0.linkType != linkType }) {
      guard write == nil, onFinding == nil else {
        throw refusal(
          "\(devices[0].name) and \(other.name) have different link types, which one file can't hold; "
            + "capture with -i any, or run wstrace once for each")
      }
      return PacketKeeping(linkType: linkType, writer: nil, findings: nil)
    }
    if let onFinding, access(onFinding, W_OK | X_OK) != 0 {
      // Before anything else, such as asking for the account's name, says what became of it.
      let reason = String(cString: strerror(errno))
      throw refusal(
        "\(Sanitizer.visible(onFinding)): as '\(KeepingOptions.account)': \(reason); make the folder writable, or name an "
          + "account with --user")
    }
    return PacketKeeping(
      linkType: linkType, writer: try write.map { try writer($0, linkType, replacing: replacing) },
      findings: onFinding.map { FindingCaptures(folder: $0, linkType: linkType) }, folders: isScreen ? folders : [])
  }

  private func writer(_ path: String, _ linkType: LinkType, replacing: Bool) throws -> RingWriter {
    do throws(CaptureError) {
      return try RingWriter(
        path: path, policy: ring, linkType: linkType, overwriting: replacing, at: MachineClock.timeOfDay())
    } catch {
      if error.kind == .permissionDenied || error.kind == .writeFailed(errno: EACCES) {
        throw refusal(
          "\(Sanitizer.visible(error.path)): the account '\(KeepingOptions.account)' may not write it; "
            + "give another place, or name an account that may with --user")
      }
      throw refusal("\(error)")
    }
  }

  /// Where a capture goes that the user asks for on the screen: here, or where everybody may write.
  private var folders: [String] {
    [onFinding, ".", getenv("TMPDIR").map { String(cString: $0) }, "/tmp"].compactMap { $0 }
  }

  private func refusal(_ text: String) -> ExitCode {
    Diagnostics.say(text)
    return ExitCode(2)
  }

  private static var account: String {
    getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "\(geteuid())"
  }
}

extension RingPolicy: ExpressibleByArgument {
  /// Reads `100M,10`.
  package init?(argument: String) { self.init(argument) }
}
