import Kernels

/// Reads the record of projections that `mha` takes, and says which field is wrong and what it
/// should be.
struct ProjectionRecord {
  private let record: Record
  private let heads: Int
  private let keyHeads: Int
  /// The widths of Q, K and V.
  private let widths: (q: Int, k: Int, v: Int)

  init(_ call: Call, heads: Int, keyHeads: Int) throws {
    guard case .record(let record) = try call.required("p") else {
      throw Fault("p is not a record", .argument("p"))
    }
    self.record = record
    (self.heads, self.keyHeads) = (heads, keyHeads)
    widths = (call.dimensions["d"], call.dimensions["e"], call.dimensions["f"])
  }

  func projections() throws -> Projections {
    let wq = try matrix("wq", rows: widths.q, of: "Q", heads: heads)
    let dk = wq.shape[1] / heads
    let wk = try matrix("wk", rows: widths.k, of: "K", heads: keyHeads, headWidth: dk)
    let wv = try matrix("wv", rows: widths.v, of: "V", heads: keyHeads)
    let dv = wv.shape[1] / keyHeads
    var p = Projections(
      wq: wq, wk: wk, wv: wv, wo: try field("wo", [heads * dv, widths.q], "heads·dv × d", of: nil))
    p.bq = try bias("bq", heads * dk)
    p.bk = try bias("bk", keyHeads * dk)
    p.bv = try bias("bv", keyHeads * dv)
    p.bo = try bias("bo", widths.q)
    return p
  }

  /// A projection of the columns of an input to `heads` heads.
  private func matrix(
    _ name: String, rows: Int, of input: String, heads: Int, headWidth: Int? = nil
  ) throws -> Tensor {
    let given = record[name]?.shape ?? []
    let columns = headWidth.map { $0 * heads } ?? (given.count == 2 ? given[1] : rows)
    let meaning =
      headWidth.map { "columns of \(input) × \(Faults.counted(heads, "head")) of \($0)" }
      ?? "a row for each column of \(input)"
    let matrix = try field(name, [rows, columns], meaning, of: input)
    guard columns % heads == 0 else {
      throw Fault(
        "p.\(name) does not divide into \(Faults.counted(heads, "head"))", .argument("p"),
        detail: "\(name) \(given.timesText)   \(columns) is not a multiple of \(heads)")
    }
    return matrix
  }

  private func bias(_ name: String, _ length: Int) throws -> Tensor? {
    guard let value = record[name], !value.isNothing else { return nil }
    // One number for all is a bias too.
    if case .number = value { return try value.asTensor() }
    return try field(name, [length], "", of: nil)
  }

  private func field(_ name: String, _ shape: [Int], _ meaning: String, of input: String?) throws
    -> Tensor
  {
    let wanted = "wanted \(shape.timesText)" + (meaning.isEmpty ? "" : ": \(meaning)")
    guard let value = record[name] else {
      throw Fault(
        "the record has no '\(name)'", .argument("p"), detail: wanted,
        notes: ["init_mha makes such a record; p.\(name) = … adds a field"])
    }
    guard case .tensor(let tensor) = value else {
      throw Fault("p.\(name) is \(value.kindName)", .argument("p"), detail: wanted)
    }
    guard tensor.shape == shape else {
      let isTurned = OperatorShape.transposed(tensor.shape) == shape
      throw Fault(
        input.map { "p.\(name) does not fit \($0)" } ?? "p.\(name) does not fit the other fields",
        .arguments([input, "p"].compactMap(\.self)),
        detail: "\(name) \(tensor.shape.timesText)   \(wanted)",
        notes: isTurned ? ["its transpose fits: p.\(name) = p.\(name)'"] : [])
    }
    return tensor.dtype == .bool ? try tensor.converted(to: .f64) : tensor
  }
}
