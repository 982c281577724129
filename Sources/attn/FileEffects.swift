import Engine
import Files
import Kernels

/// What builtins may do outside the session, done for real.
struct FileEffects: Effects {
  let display: @Sendable (Value) -> String

  func load(_ path: String) throws -> Value {
    try reporting {
      let bytes = try FileAccess.read(path)
      return Value(try NPY.decode(bytes, name: path))
    }
  }

  func save(_ value: Value, to path: String, force: Bool) throws {
    try reporting {
      guard let tensor = try value.asTensor() else {
        throw FileFault("only numbers and tensors can be saved to \(path)")
      }
      try FileAccess.write(NPY.encode(tensor), to: path, force: force)
    }
  }

  func text(of value: Value) -> String { display(value) }

  /// A file's fault as an error of the argument that named the file.
  private func reporting<Result>(_ work: () throws -> Result) throws -> Result {
    do {
      return try work()
    } catch let fault as FileFault {
      throw EffectFailure(fault.message, argument: "path")
    }
  }
}
