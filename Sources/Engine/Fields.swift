import Kernels

/// A record of parameters as a forward reads it: `p`, `p.ffn`.
///
/// What is missing or does not fit is named by its path, with what was wanted.
struct Fields {
  private let record: Record
  let path: String
  /// The parameter of the builtin that the record came in.
  private let argument: String
  /// The builtin that makes such records.
  private let maker: String

  init(_ call: Call, _ argument: String, madeBy maker: String) throws {
    guard case .record(let record) = try call.required(argument) else {
      throw Fault("\(argument) is not a record", .argument(argument))
    }
    self.init(record, argument, argument, maker)
  }

  private init(_ record: Record, _ path: String, _ argument: String, _ maker: String) {
    (self.record, self.path, self.argument, self.maker) = (record, path, argument, maker)
  }

  func has(_ name: String) -> Bool { !(record[name]?.isNothing ?? true) }

  /// The shape of a field; nil where it is no tensor.
  func shape(_ name: String) -> [Int]? { record[name]?.shape }

  /// A record inside this one.
  func fields(_ name: String) throws -> Fields {
    let value = try value(name, wanted: nil)
    guard case .record(let inner) = value else {
      throw fault("\(path).\(name) is \(value.kindName), not a record")
    }
    return Fields(inner, "\(path).\(name)", argument, maker)
  }

  /// A field of one shape.
  ///
  /// - Parameters:
  ///   - meaning: of that shape, in words.
  ///   - input: the parameter that it must fit; other fields where nil.
  func tensor(_ name: String, _ shape: [Int], _ meaning: String = "", of input: String? = nil)
    throws -> Tensor
  {
    let wanted = "wanted \(shape.timesText)" + (meaning.isEmpty ? "" : ": \(meaning)")
    let value = try value(name, wanted: wanted)
    guard case .tensor(let tensor) = value else {
      throw fault("\(path).\(name) is \(value.kindName)", detail: wanted)
    }
    guard tensor.shape == shape else {
      let isTurned = OperatorShape.transposed(tensor.shape) == shape
      throw fault(
        "\(path).\(name) does not fit \(input ?? "the other fields")", input,
        detail: "\(name) \(tensor.shape.timesText)   \(wanted)",
        notes: isTurned ? ["its transpose fits: \(path).\(name) = \(path).\(name)'"] : [])
    }
    return tensor.dtype == .bool ? try tensor.converted(to: .f64) : tensor
  }

  /// A matrix with a row for each column of `input` and as many columns as it likes.
  func matrix(_ name: String, rows: Int, of input: String?) throws -> Tensor {
    let given = shape(name) ?? []
    return try tensor(
      name, [rows, given.count == 2 ? given[1] : rows],
      input.map { "a row for each column of \($0)" } ?? "", of: input)
  }

  /// A vector, or one number for all; nil where there is none.
  func vector(_ name: String, _ length: Int) throws -> Tensor? {
    guard has(name) else { return nil }
    if case .number(let value, let dtype)? = record[name] {
      return try Tensor(scalar: value, dtype: dtype)
    }
    return try tensor(name, [length])
  }

  /// x W + b, the bias being optional; `input` names x where it is an argument.
  func linear(_ x: Tensor, _ weight: String, _ bias: String, of input: String?) throws -> Tensor {
    let w = try matrix(weight, rows: x.shape.last ?? 1, of: input)
    return try affine(x, w, try vector(bias, w.shape[1]))
  }

  func fault(
    _ message: String, _ input: String? = nil, detail: String? = nil, notes: [String] = []
  ) -> Fault {
    Fault(
      message, .arguments([input, argument].compactMap(\.self)), detail: detail, notes: notes)
  }

  private func value(_ name: String, wanted: String?) throws -> Value {
    if let value = record[name], !value.isNothing { return value }
    throw fault(
      "\(path == argument ? "the record" : path) has no '\(name)'",
      detail: wanted,
      notes: ["\(maker) makes such a record; \(path).\(name) = … adds a field"])
  }
}
