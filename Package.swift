// swift-tools-version: 6.2
import PackageDescription

/// The folder of fast kernels compiled for one generation of processors; KernelsV3 and KernelsV4
/// are links to KernelsBase. Optimised in debug builds too, for the sake of the tests.
func kernels(_ name: String, for processor: String? = nil) -> Target {
  // Generic kernels of one file are made concrete in another: the module is compiled as a whole.
  var flags = [
    "-Ounchecked", "-disable-batch-mode", "-whole-module-optimization", "-num-threads", "1",
  ]
  if let processor { flags += ["-Xcc", "-march=\(processor)"] }
  let define = "KERNELS_" + name.dropFirst("Kernels".count).uppercased()
  return .target(
    name: name, dependencies: ["CMachine", "KernelInterface"],
    swiftSettings: [.define(define), .unsafeFlags(flags)])
}

#if arch(x86_64)
  // The linker keeps the first of several equal symbols: the oldest processor's stand first.
  let variants = [
    kernels("KernelsBase"), kernels("KernelsV3", for: "x86-64-v3"),
    kernels("KernelsV4", for: "x86-64-v4"),
  ]
#else
  let variants = [kernels("KernelsBase")]
#endif

let package = Package(
  name: "attn",
  platforms: [.macOS("26.0")],
  targets: variants + [
    .systemLibrary(
      name: "CEdit", pkgConfig: "libedit",
      providers: [.apt(["libedit-dev"]), .brew(["libedit"])]),
    .systemLibrary(name: "CMachine"),
    .target(name: "Language"),
    .target(name: "KernelInterface"),
    .target(
      name: "Kernels",
      dependencies: ["CMachine", "KernelInterface"] + variants.map { .target(name: $0.name) },
      swiftSettings: [
        .unsafeFlags(["-Ounchecked"], .when(configuration: .release)),
        // Tests run the kernels millions of times.
        .unsafeFlags(["-O"], .when(configuration: .debug)),
      ]),
    .target(
      name: "Engine", dependencies: ["Language", "Kernels"],
      // Checks at run time that no property is read while it is changed took a tenth of a loop.
      swiftSettings: [
        .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))
      ]),
    .target(name: "Render", dependencies: ["Language", "Kernels", "Engine", "Files"]),
    .target(name: "Files", dependencies: ["Kernels"]),
    .target(name: "Terminal", dependencies: ["CEdit"]),
    .executableTarget(
      name: "attn",
      dependencies: ["Language", "Kernels", "Engine", "Render", "Files", "Terminal"]),
    .testTarget(name: "LanguageTests", dependencies: ["Language"]),
    .testTarget(name: "KernelsTests", dependencies: ["KernelInterface", "Kernels"]),
    .testTarget(name: "EngineTests", dependencies: ["Engine", "Render"]),
    .testTarget(name: "RenderTests", dependencies: ["Render", "Files"]),
    .testTarget(name: "FilesTests", dependencies: ["Files", "Kernels"]),
    .testTarget(name: "TerminalTests", dependencies: ["Terminal"]),
    .testTarget(name: "EndToEndTests", dependencies: ["attn"]),
  ]
)
