import Foundation

/// The built program, and what one run of it gave.
struct Command {
  var output: String
  var errors: String
  var status: Int32
  /// The most memory it held, in KiB; 0 where the system does not tell.
  var peak = 0

  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static var program: String {
    ProcessInfo.processInfo.environment["ATTN_BINARY"]
      ?? root.appendingPathComponent(".build/debug/attn").path
  }

  /// Runs the program to its end; after `seconds` it is killed, which gives the status 9.
  static func run(
    _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:],
    seconds: Double = 30
  ) throws -> Command {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    var variables = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8"]
    variables.merge(environment) { $1 }
    process.environment = variables
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = ["in", "out", "err"].map { folder.appendingPathComponent($0) }
    try Data(input).write(to: files[0])
    for file in files[1...] { try Data().write(to: file) }
    process.standardInput = try FileHandle(forReadingFrom: files[0])
    process.standardOutput = try FileHandle(forWritingTo: files[1])
    process.standardError = try FileHandle(forWritingTo: files[2])
    try process.run()
    let deadline = Date(timeIntervalSinceNow: seconds)
    var peak = 0
    while process.isRunning, Date() < deadline {
      peak = max(peak, Self.peak(of: process.processIdentifier))
      usleep(2000)
    }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    return Command(
      output: String(decoding: try Data(contentsOf: files[1]), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: files[2]), as: UTF8.self),
      status: process.terminationReason == .exit
        ? process.terminationStatus : -process.terminationStatus, peak: peak)
  }

  private static func peak(of process: Int32) -> Int {
    let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
    return line.split(separator: " ").compactMap { Int($0) }.first ?? 0
  }
}

/// A file in a folder of its own, gone with the value.
final class ScratchFile {
  let url: URL

  init(_ name: String, _ text: String = "") throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    url = folder.appendingPathComponent(name)
    if !text.isEmpty { try text.write(to: url, atomically: true, encoding: .utf8) }
  }

  var text: String { (try? String(contentsOf: url, encoding: .utf8)) ?? "" }

  deinit { try? FileManager.default.removeItem(at: url.deletingLastPathComponent()) }
}
