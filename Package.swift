// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "attn",
  targets: [
    .systemLibrary(
      name: "CEdit", pkgConfig: "libedit",
      providers: [.apt(["libedit-dev"]), .brew(["libedit"])]),
    .target(name: "Language"),
    .target(
      name: "Kernels",
      swiftSettings: [
        .unsafeFlags(["-Ounchecked"], .when(configuration: .release)),
        // Tests run the kernels millions of times.
        .unsafeFlags(["-O"], .when(configuration: .debug)),
      ]),
    .target(name: "Engine", dependencies: ["Language", "Kernels"]),
    .target(name: "Render", dependencies: ["Language", "Kernels", "Engine", "Files"]),
    .target(name: "Files", dependencies: ["Kernels"]),
    .target(name: "Terminal", dependencies: ["CEdit"]),
    .executableTarget(
      name: "attn",
      dependencies: ["Language", "Kernels", "Engine", "Render", "Files", "Terminal"]),
    .testTarget(name: "LanguageTests", dependencies: ["Language"]),
    .testTarget(name: "KernelsTests", dependencies: ["Kernels"]),
    .testTarget(name: "EngineTests", dependencies: ["Engine", "Render"]),
    .testTarget(name: "RenderTests", dependencies: ["Render", "Files"]),
    .testTarget(name: "FilesTests", dependencies: ["Files", "Kernels"]),
    .testTarget(name: "TerminalTests", dependencies: ["Terminal"]),
    .testTarget(name: "EndToEndTests", dependencies: ["attn"]),
  ]
)
