/// How much memory one capture file may take, each with its reason.
package struct CaptureLimits: Equatable, Sendable {
  /// Bytes asked of the operating system at once.
  ///
  /// Large enough that a system call costs nothing per packet, small enough that what it brought is still in the
  /// processor's cache when it is decoded.
  package var readSize = 64 << 10

  /// The longest packet, in bytes.
  ///
  /// Linux hands a capture at most `GSO_MAX_SIZE`, 8 × 65,536 bytes since "BIG TCP" (kernel 5.19), plus link headers;
  /// libpcap's largest snap length for network traffic is 262,144. Twice the larger one.
  package var packetLength = 1 << 20

  /// The longest block of a pcapng file, in bytes: the bound that libpcap and Wireshark set too.
  package var blockLength = 16 << 20

  /// The most interfaces that one section may describe: as many as a Packet Block's 16-bit number can name.
  package var interfaces = 1 << 16

  /// How many comments, and how many interface names, are kept of a file; they are for people to read.
  package var texts = 100

  /// The longest comment or interface name that is kept, in bytes.
  package var textLength = 4096

  package init() {}
}
