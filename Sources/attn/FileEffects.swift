import Engine
import Files
import Kernels

/// What builtins may do outside the session, done for real.
struct FileEffects: Effects {
  let display: @Sendable (Value) -> String

  func load(_ path: String) throws -> Value {
    try reporting {
      let bytes = try FileAccess.readRegular(path)
      return Value(try NPY.decode(bytes, name: path))
    }
  }

  func save(_ value: Value, to path: String, force: Bool) throws {
    guard let tensor = try value.asTensor() else {
      throw EffectFailure(
        "only numbers and tensors can be saved, not \(value.kindName)", argument: "x")
    }
    guard tensor.rank <= NPY.maximumRank else {
      throw EffectFailure(
        "a .npy file has at most \(NPY.maximumRank) axes, not \(tensor.rank)", argument: "x")
    }
    try reporting { try FileAccess.write(NPY.encode(tensor), to: path, force: force) }
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
