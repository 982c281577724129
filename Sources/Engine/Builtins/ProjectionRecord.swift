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
      try checkKeyHeads(name, of: input, headWidth)
      return try fields.tensor(
        name, [input.width, headWidth * heads],
        "columns of \(input.name) × \(Faults.counted(heads, "head")) of \(headWidth)",
        of: input.name)
    }
    let matrix = try fields.matrix(name, rows: input.width, of: input.name)
    let (noun, option) = name == "wq" ? ("heads", "heads") : ("key heads", "kv_heads")
    try checkSplit(
      matrix.shape[1], "columns of \(fields.path).\(name)", into: heads, noun, by: option)
    return matrix
  }

  /// A wk with columns for fewer heads than `kv_heads` says.
  private func checkKeyHeads(_ name: String, of input: Input, _ headWidth: Int) throws {
    guard let given = fields.shape(name), given.count == 2, given[0] == input.width,
      headWidth > 0, given[1] > 0, given[1] % headWidth == 0
    else { return }
    let fitting = given[1] / headWidth
    guard fitting != keyHeads, heads % fitting == 0 else { return }
    throw fields.fault(
      "\(fields.path).\(name) has \(Faults.counted(fitting, "key head")), not \(keyHeads)",
      input.name, detail: "\(name) \(given.timesText) = \(given[0])×(\(fitting)·\(headWidth))",
      notes: ["kv_heads=\(fitting) fits it"])
  }
}

/// `64 is not a multiple of 6: 64 = 6·10 + 4`, with the nearest counts that fit.
///
/// - Parameter parameter: the one that says into how many parts.
func checkSplit(
  _ whole: Int, _ wholeName: String, into parts: Int, _ partsName: String, by parameter: String
) throws {
  guard whole % parts != 0 else { return }
  // Nobody wants more; and a search for a divisor of a huge number would not end.
  let most = min(whole, 4096)
  let fitting = [
    (1...most).prefix { $0 < parts }.last { whole % $0 == 0 },
    (1...most).drop { $0 < parts }.first { whole % $0 == 0 },
  ].compactMap(\.self)
  throw Fault(
    "\(whole) \(wholeName) do not divide into \(parts) \(partsName)", .argument(parameter),
    detail:
      "\(whole) is not a multiple of \(parts): \(whole) = \(parts)·\(whole / parts) + \(whole % parts)",
    proposals: fitting.map {
      .write("\(parameter)=\($0)", insteadOf: parameter, "\(whole) = \($0)·\(whole / $0)")
    })
}
