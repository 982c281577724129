import Foundation
import Testing

/// `scripts/attn` in a folder of its own, with a Swift that only says that it was called.
@Suite struct LauncherTests {
  private static let changes: [(name: String, command: String)] = [
    ("a source is changed", "touch Sources/a/One.swift"),
    ("a source is added", "touch Sources/a/Three.swift"),
    ("a source is removed", "rm Sources/a/Two.swift"),
    ("a source is renamed", "mv Sources/a/Two.swift Sources/a/Zwei.swift"),
    ("a folder is added", "mkdir Sources/b"),
    ("the package is changed", "touch Package.swift"),
    ("the program is gone", "rm .build/release/attn"),
  ]

  @Test(arguments: changes.indices)
  func buildsWhere(_ index: Int) throws {
    let place = try Place()
    #expect(try place.run("scripts/attn x 'y  z'") == "built\nran x|y  z|\n")
    #expect(try place.run("scripts/attn 1") == "ran 1|\n")
    let change = Self.changes[index]
    // The clock of a file system may stand still for some milliseconds.
    let output = try place.run("sleep 0.05; \(change.command); scripts/attn 2")
    #expect(output == "built\nran 2|\n", "\(change.name)")
    #expect(try place.run("cd Sources && ../scripts/attn 3") == "ran 3|\n")
  }

  @Test func isFoundThroughLinks() throws {
    let place = try Place()
    _ = try place.run("scripts/attn")
    #expect(try place.run("ln -s scripts/attn link; ln -s link other; ./other 4") == "ran 4|\n")
  }

  private final class Place {
    private let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("attn \(UUID().uuidString)")

    init() throws {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for name in ["attn", "lib.sh"] {
        let target = folder.appendingPathComponent("scripts/\(name)")
        try FileManager.default.createDirectory(
          at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.copyItem(
          at: Command.root.appendingPathComponent("scripts/\(name)"), to: target)
      }
      let program =
        #"mkdir -p .build/release; printf '#!/bin/sh\nprintf "ran "\n"#
        + #"for word; do printf "%%s|" "$word"; done\necho\n' >.build/release/attn"#
      _ = try run(
        """
        mkdir -p Sources/a bin; touch Package.swift 'Sources/a/One.swift' Sources/a/Two.swift
        cat >bin/swift <<'END'
        #!/bin/sh
        echo built
        cd "$3" && \(program)
        chmod +x .build/release/attn
        END
        printf '#!/bin/sh\\nexit 1\\n' >bin/swiftc
        chmod +x bin/swift bin/swiftc
        """)
    }

    /// The output of a shell's command in the folder.
    func run(_ command: String) throws -> String {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", command + " 2>&1"]
      process.currentDirectoryURL = folder
      process.environment = ["PATH": folder.appendingPathComponent("bin").path + ":/usr/bin:/bin"]
      let pipe = Pipe()
      process.standardOutput = pipe
      process.standardError = pipe
      try process.run()
      let data = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return String(decoding: data, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
  }
}
