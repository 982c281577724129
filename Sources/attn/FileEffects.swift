import Engine
import Files
import Kernels
import Render
import Terminal

/// What builtins may do outside the session, done for real.
struct FileEffects: Effects {
  let screen: Unowned<Screen>
  let ownFiles: Unowned<OwnFiles>

  func load(_ path: String) throws -> Value {
    try reporting {
      let bytes = try FileAccess.readRegular(path)
      return Value(try NPY.decode(bytes, name: path))
    }
  }

  func save(_ value: Value, to path: String, options: SaveOptions) throws {
    let saved = Saved(value: value, path: path, options: options, screen: screen.value)
    let bytes = try SaveFormat.of(path).encode(saved)
    let isOwn = ownFiles.value.take(path)
    try reporting { try FileAccess.writeData(bytes, to: path, force: options.force || isOwn) }
    ownFiles.value.add(path)
  }

  func text(of value: Value) -> String { screen.value.fullText(of: value) }

  /// A file's fault as an error of the argument that named the file.
  private func reporting<Result>(_ work: () throws -> Result) throws -> Result {
    do {
      return try work()
    } catch let fault as FileFault {
      throw EffectFailure(fault.message, argument: "path")
    }
  }
}

/// The files that a lecture has written: a step that runs again may write them again.
final class OwnFiles {
  private(set) var paths: Set<String> = []
  /// What has been written again, as it was named.
  private(set) var rewritten: [String] = []
  private var isLecture = false

  func begin(with paths: [String]) {
    self.paths = Set(paths)
    isLecture = true
  }

  /// Whether the lecture itself has written what stands there.
  fileprivate func take(_ path: String) -> Bool {
    guard paths.contains(Paths.absolute(path)), FileAccess.exists(path) else { return false }
    if !rewritten.contains(path) { rewritten.append(path) }
    return true
  }

  fileprivate func add(_ path: String) {
    if isLecture { paths.insert(Paths.absolute(path)) }
  }
}
