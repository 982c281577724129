import Engine
import Files
import Kernels
import Render

/// What builtins may do outside the session, done for real.
struct FileEffects: Effects {
  let screen: Unowned<Screen>

  func load(_ path: String) throws -> Value {
    try reporting {
      let bytes = try FileAccess.read(path)
      return Value(try NPY.decode(bytes, name: path))
    }
  }

  func save(_ value: Value, to path: String, options: SaveOptions) throws {
    let saved = Saved(value: value, path: path, options: options, screen: screen.value)
    let bytes = try SaveFormat.of(path).encode(saved)
    try reporting { try FileAccess.write(bytes, to: path, force: options.force) }
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
