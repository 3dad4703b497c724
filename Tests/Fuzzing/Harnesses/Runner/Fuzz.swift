import CFuzzer
import Glibc

/// Runs libFuzzer on one decoder: `fuzz NAME [option or folder of inputs …]`.
///
/// Without a name it lists them. Every option after it is libFuzzer's own.
@main struct Fuzz {
  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count > 1, let harness = Harness(rawValue: arguments[1]) else {
      for harness in Harness.allCases { print(harness.rawValue) }
      exit(arguments.count > 1 ? 2 : 0)
    }
    selected = harness
    var count = CInt(arguments.count - 1)
    let rest = ([arguments[0]] + arguments.dropFirst(2)).map { strdup($0) } + [nil]
    var vector: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = .allocate(capacity: rest.count)
    for (index, argument) in rest.enumerated() { vector?[index] = argument }
    exit(
      LLVMFuzzerRunDriver(&count, &vector) { data, size in
        selected.run([UInt8](UnsafeBufferPointer(start: data, count: size)))
        return 0
      })
  }
}

/// The decoder of this run: libFuzzer's callback has no argument for it.
nonisolated(unsafe) private var selected = Harness.webSocket
