// swift-tools-version: 6.3
import PackageDescription

/// Warnings are errors in our own targets; dependencies keep their own settings.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  // Decoding crosses a module's wall several times for each packet; and state that the compiler can't see to be
  // exclusively accessed lies in classes that one thread owns.
  //
  // `-enable-testing` is what makes the compiler inline functions of `package` access in other modules: without it, each
  // `@inlinable` accessor of a packet's header is a call.
  .unsafeFlags(
    ["-cross-module-optimization", "-enable-testing", "-enforce-exclusivity=unchecked"],
    .when(configuration: .release)),
]

/// A module of the protocol stack, and the tests that mirror it.
func layer(_ name: String, _ dependencies: [Target.Dependency]) -> [Target] {
  [
    .target(name: name, dependencies: dependencies, swiftSettings: strict),
    .testTarget(
      name: "\(name)Tests", dependencies: [.target(name: name), "TestSupport"] + dependencies, swiftSettings: strict),
  ]
}

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")

let package = Package(
  name: "wstrace",
  products: [.executable(name: "wstrace", targets: ["wstrace"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
  ],
  targets: [
    .systemLibrary(name: "CPcap", pkgConfig: "libpcap", providers: [.apt(["libpcap-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CBrotli", pkgConfig: "libbrotlidec", providers: [.apt(["libbrotli-dev"])]),
    .systemLibrary(name: "CLinux"),
    // The report's page, in a target of its own: arrays of bytes compile slowly.
    .target(
      name: "ReportPage", exclude: ["README.md"],
      resources: [.embedInCode("page.css"), .embedInCode("page.js")], swiftSettings: strict),
    .target(name: "TestSupport", dependencies: ["Bytes", "Packets"], path: "Tests/TestSupport", swiftSettings: strict),
    .executableTarget(
      name: "wstrace",
      dependencies: [
        "Bytes", "Packets", "Streams", "Capture", "WebSocket", "SocketIO", "Analysis", "Diagnosis", "Redaction",
        "Reports", "Live", "Metrics",
        crypto,
        .product(name: "ArgumentParser", package: "swift-argument-parser"), .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict),
    .target(
      name: "Metrics",
      dependencies: [
        "Packets", .product(name: "FlyingFox", package: "FlyingFox"),
        .product(name: "FlyingSocks", package: "FlyingFox"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "TestSupportTests", dependencies: ["TestSupport", "Bytes", "Packets"], swiftSettings: strict),
    // The harnesses of the fuzzing package, run on seeded input.
    .testTarget(
      name: "TortureTests",
      dependencies: [
        "TestSupport", "Bytes", "Packets", "Capture", "Streams", "WebSocket", "SocketIO", "Analysis", "Diagnosis",
        "CZlib", crypto,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "FuzzingTests",
      dependencies: [
        "Bytes", "Packets", "Capture", "Streams", "HTTP", "WebSocket", "SocketIO", "Analysis", "Diagnosis",
        "TestSupport",
      ],
      path: "Tests/Fuzzing/Harnesses", exclude: ["Runner"], swiftSettings: strict),
    .testTarget(
      name: "ReportPageTests", dependencies: ["ReportPage", "TestSupport", "Packets"],
      exclude: ["Browser/look.py", "Browser/devtools.py"],
      swiftSettings: strict),
    .testTarget(
      name: "wstraceTests", dependencies: ["TestSupport"], exclude: ["Golden", "LivePeers/Programs", "Programs"],
      swiftSettings: strict),
  ]
    + layer("Bytes", [])
    + layer("Packets", ["Bytes"])
    + layer("Capture", ["Bytes", "Packets", "CLinux", "CPcap", "CZlib", "CZstd"])
    + layer("Streams", ["Bytes", "Packets"])
    + layer("HTTP", ["Bytes", "Packets", "CZlib", "CBrotli", crypto])
    + layer("WebSocket", ["Bytes", "Packets", "CZlib"])
    + layer("SocketIO", ["Bytes", "Packets"])
    + layer("Analysis", ["Bytes", "Packets", "Streams", "HTTP", "WebSocket", "SocketIO", crypto])
    + layer("Diagnosis", ["Packets", "Analysis"])
    + layer(
      "Redaction",
      ["Bytes", "Packets", "Streams", "HTTP", "WebSocket", "SocketIO", "Analysis", "Diagnosis", "CZlib", crypto])
    + layer(
      "Reports",
      ["Bytes", "Packets", "WebSocket", "SocketIO", "Analysis", "Diagnosis", "ReportPage", crypto])
    + layer("Live", ["Packets", "Capture", "Streams", "WebSocket", "SocketIO", "Analysis", "Diagnosis", "Reports"])
)
