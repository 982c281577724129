import Kernels

/// Reads the record of projections that `mha` takes, and says which field is wrong and what it
/// should be.
struct ProjectionRecord {
  let fields: Fields
  let heads: Int
  let keyHeads: Int
  /// The names and widths of Q, K and V.
  let inputs: (q: Input, k: Input, v: Input)

  typealias Input = (name: String, width: Int)

  func projections() throws -> Projections {
    let wq = try matrix("wq", of: inputs.q, heads: heads)
    let dk = wq.shape[1] / heads
    let wk = try matrix("wk", of: inputs.k, heads: keyHeads, headWidth: dk)
    let wv = try matrix("wv", of: inputs.v, heads: keyHeads)
    let dv = wv.shape[1] / keyHeads
    var p = Projections(
      wq: wq, wk: wk, wv: wv,
      wo: try fields.tensor("wo", [heads * dv, inputs.q.width], "heads·dv × d"))
    p.bq = try fields.vector("bq", heads * dk)
    p.bk = try fields.vector("bk", keyHeads * dk)
    p.bv = try fields.vector("bv", keyHeads * dv)
    p.bo = try fields.vector("bo", inputs.q.width)
    return p
  }

  /// A projection of the columns of an input to `heads` heads.
  private func matrix(_ name: String, of input: Input, heads: Int, headWidth: Int? = nil) throws
    -> Tensor
  {
    if let headWidth {
      return try fields.tensor(
        name, [input.width, headWidth * heads],
        "columns of \(input.name) × \(Faults.counted(heads, "head")) of \(headWidth)",
        of: input.name)
    }
    let matrix = try fields.matrix(name, rows: input.width, of: input.name)
    let columns = matrix.shape[1]
    guard columns % heads == 0 else {
      throw fields.fault(
        "\(fields.path).\(name) does not divide into \(Faults.counted(heads, "head"))",
        detail: "\(name) \(matrix.shape.timesText)   \(columns) is not a multiple of \(heads)")
    }
    return matrix
  }
}
