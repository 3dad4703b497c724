// swift-tools-version: 6.3
import PackageDescription

/// The program's own modules once more, with libFuzzer's instrumentation and the address sanitizer in them.
///
/// A package of its own, so that no other build compiles any of it; `Modules` is a link to Sources, since a harness calls
/// what has `package` access. `make fuzz` builds and runs it.
let instrumented: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .unsafeFlags(["-sanitize=fuzzer,address"]),
]

func layer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, path: "Modules/\(name)", swiftSettings: instrumented)
}

func library(_ name: String, _ pkgConfig: String? = nil) -> Target {
  .systemLibrary(name: name, path: "Modules/\(name)", pkgConfig: pkgConfig)
}

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")

let package = Package(
  name: "fuzzing",
  dependencies: [.package(url: "https://github.com/apple/swift-crypto", from: "4.5.2")],
  targets: [
    library("CLinux"), library("CPcap", "libpcap"), library("CZlib", "zlib"), library("CZstd", "libzstd"),
    library("CBrotli", "libbrotlidec"),
    layer("Bytes", []),
    layer("Packets", ["Bytes"]),
    layer("Capture", ["Bytes", "Packets", "CLinux", "CPcap", "CZlib", "CZstd"]),
    layer("Streams", ["Bytes", "Packets"]),
    layer("HTTP", ["Bytes", "Packets", "CZlib", "CBrotli", crypto]),
    layer("WebSocket", ["Bytes", "Packets", "CZlib"]),
    layer("SocketIO", ["Bytes", "Packets"]),
    layer("Analysis", ["Bytes", "Packets", "Streams", "HTTP", "WebSocket", "SocketIO", crypto]),
    layer("Diagnosis", ["Packets", "Analysis"]),
    .target(name: "CFuzzer", path: "CFuzzer"),
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "CFuzzer", "Bytes", "Packets", "Capture", "Streams", "HTTP", "WebSocket", "SocketIO", "Analysis", "Diagnosis",
      ],
      path: "Harnesses", exclude: ["Seeded"], swiftSettings: instrumented,
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]),
  ]
)
