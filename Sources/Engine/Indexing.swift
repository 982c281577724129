import Kernels
import Language

// `A[0, 1]`, `A[:, -1]`, `A[A > 0]`, `p.wq`, `M["name"]`, and the changed copies of `A[0] = x`.
extension Evaluator {
  func member(_ value: Value, _ base: Expr, _ name: Name, at expr: Expr) throws -> Value {
    let parts: [String]
    switch value {
    case .record(let record):
      if let field = record[name.text] { return field }
      throw noField(name.text, in: record, at: name.span)
    case .cache(let cache):
      if let part = try cache.part(name.text) { return part }
      parts = KVCache.partNames
    case .document(let document):
      if let part = document.parts[name.text] { return part }
      parts = document.parts.keys
    default: parts = []
    }
    guard !parts.isEmpty else {
      throw Diagnostic(
        "\(value.kindName) has no parts with names", in: source, at: expr.span,
        marks: [.init(name.span)], detail: operandText(base.span, value) ?? "")
    }
    throw noPart(name.text, of: value.kindName, parts, at: name.span) { _ in "" }
  }

  private func noPart(
    _ name: String, of whole: String, _ parts: [String], at span: Span, note: (String) -> String
  ) -> Diagnostic {
    Diagnostic(
      "\(whole) has no '\(name)'", in: source, at: span,
      detail: parts.isEmpty ? "it is empty" : "it has " + parts.joined(separator: " "),
      fixes: Suggest.nearest(to: name, among: parts).prefix(1).map {
        Fix($0, note: note($0), replacing: span)
      })
  }

  private func noField(_ name: String, in record: Record, at span: Span) -> Diagnostic {
    noPart(name, of: "the record", record.keys, at: span) { record[$0]?.shapeText ?? "" }
  }

  func index(_ value: Value, _ base: Expr, _ items: [IndexItem], at expr: Expr) throws -> Value {
    do {
      switch value {
      case .tensor(let tensor):
        return Value(try selector(of: tensor, base, items, at: expr)(tensor))
      case .traced:
        guard let tensor = try value.asTensor(), tensor.rank > 0 else {
          return try index(value.untraced, base, items, at: expr)
        }
        let select = try selector(of: tensor, base, items, at: expr)
        return try rearranged([value]) { try select($0[0]) }
      case .tuple(let tuple): return try item(of: tuple, base, items, at: expr)
      case .record(let record):
        guard items.count == 1, case .at(let key) = items[0],
          case .string(let name) = try evaluate(key)
        else {
          throw Diagnostic(
            "a record is indexed by one name", in: source, at: expr.span,
            fixes: record.keys.prefix(1).map {
              Fix("\(source.slice(base.span)).\($0)", replacing: expr.span)
            })
        }
        if let field = record[name] { return field }
        throw noField(name, in: record, at: key.span)
      case .string(let text): return try character(of: text, items, at: expr)
      default:
        throw Diagnostic(
          "\(value.kindName) can not be indexed", in: source, at: expr.span,
          marks: [.init(base.span)], detail: operandText(base.span, value) ?? "")
      }
    } catch let error as KernelError {
      throw diagnose(error, at: expr.span)
    }
  }

  private func item(of tuple: Tuple, _ base: Expr, _ items: [IndexItem], at expr: Expr) throws
    -> Value
  {
    guard items.count == 1, case .at(let item) = items[0] else {
      throw Diagnostic("a tuple is indexed by one number", in: source, at: expr.span)
    }
    return tuple.items[try place(evaluate(item), length: tuple.items.count, item.span, expr.span)]
  }

  private func character(of text: String, _ items: [IndexItem], at expr: Expr) throws -> Value {
    guard items.count == 1, case .at(let item) = items[0] else {
      throw Diagnostic("a string is indexed by one number", in: source, at: expr.span)
    }
    let characters = Array(text)
    return .string(
      String(characters[try place(evaluate(item), length: characters.count, item.span, expr.span)]))
  }

  // MARK: - Tensors

  /// What the indices take from a tensor of this shape: they are evaluated here, once.
  private func selector(
    of tensor: Tensor, _ base: Expr, _ items: [IndexItem], at expr: Expr
  ) throws -> (Tensor) throws -> Tensor {
    if items.count == 1, case .at(let item) = items[0] {
      let value = try evaluate(item).untraced
      if case .tensor(let condition) = value, condition.dtype == .bool, condition.rank > 1 {
        guard Array(tensor.shape.prefix(condition.rank)) == condition.shape else {
          throw Diagnostic(
            "a condition has the shape of what it selects from", in: source, at: expr.span,
            marks: [.init(base.span, isPrimary: false), .init(item.span)],
            detail: "\(tensor.shape.timesText) ≠ \(condition.shape.timesText)")
        }
        return { try $0.masked(by: condition) }
      }
      if case .tensor(let indices) = value, indices.rank > 1, indices.dtype != .bool {
        let flat = try selection(
          .tensor(indices.reshaped([indices.count])), axis: 0, tensor, item.span, expr)
        let selections = [flat] + rest(of: tensor, from: 1)
        return { try $0.selecting(selections).reshaped(indices.shape + $0.shape.dropFirst()) }
      }
      let selection = try selection(value, axis: 0, tensor, item.span, expr)
      if case .index(let row) = selection { return { $0.subtensor(row) } }
      let selections = [selection] + rest(of: tensor, from: 1)
      return { try $0.selecting(selections) }
    }
    let selections = try selections(items, of: tensor, base, at: expr)
    return { try $0.selecting(selections) }
  }

  private func rest(of tensor: Tensor, from axis: Int) -> [AxisSelection] {
    tensor.shape.dropFirst(axis).map { .slice(start: 0, step: 1, count: $0) }
  }

  private func selections(
    _ items: [IndexItem], of tensor: Tensor, _ base: Expr, at expr: Expr
  ) throws -> [AxisSelection] {
    guard items.count <= tensor.rank else {
      throw Diagnostic(
        "too many indices: \(items.count) for \(Faults.counted(tensor.rank, "axis").replacing("axiss", with: "axes"))",
        in: source, at: expr.span,
        marks: items.suffix(items.count - tensor.rank).map { .init($0.span) },
        detail: operandText(base.span, .tensor(tensor)) ?? "")
    }
    var selections: [AxisSelection] = []
    var gathers: [Int] = []
    for (axis, item) in items.enumerated() {
      switch item {
      case .at(let itemExpr):
        let selection = try selection(
          evaluate(itemExpr).untraced, axis: axis, tensor, itemExpr.span, expr)
        if case .gather = selection { gathers.append(axis) }
        selections.append(selection)
      case .slice(let from, let to, let step, let span):
        selections.append(try slice(from, to, step, length: tensor.shape[axis], span))
      }
    }
    guard gathers.count <= 1 else {
      throw twoIndexVectors(items, gathers, base, at: expr)
    }
    return selections + rest(of: tensor, from: items.count)
  }

  private func twoIndexVectors(
    _ items: [IndexItem], _ gathers: [Int], _ base: Expr, at expr: Expr
  ) -> Diagnostic {
    let texts = items.map { source.slice($0.span) }
    let name = source.slice(base.span)
    let (i, j) = (gathers[0], gathers[1])
    let first = texts.enumerated().map { $0 == j ? ":" : $1 }.joined(separator: ", ")
    let second = texts.indices.map { $0 == j ? texts[j] : ":" }.joined(separator: ", ")
    return Diagnostic(
      "two index vectors could mean a block or pairs", in: source, at: expr.span,
      marks: [.init(items[i].span), .init(items[j].span)],
      fixes: [
        Fix(
          items.count == 2
            ? "\(name)[\(texts[i])][:, \(texts[j])]" : "\(name)[\(first)][\(second)]",
          note: "the block of these rows and columns", replacing: expr.span),
        Fix("pick \(name) \(texts[j])", note: "one entry of each row", replacing: expr.span),
      ])
  }

  private func selection(
    _ value: Value, axis: Int, _ tensor: Tensor, _ span: Span, _ expr: Expr
  ) throws -> AxisSelection {
    let length = tensor.shape[axis]
    switch value {
    case .number(_, let dtype) where dtype != .bool:
      return .index(try place(value, length: length, span, expr.span))
    case .tensor(let vector) where vector.rank == 1 && vector.dtype == .bool:
      guard vector.count == length else {
        throw Diagnostic(
          "a condition has the length of its axis", in: source, at: expr.span,
          marks: [.init(span)], detail: "\(vector.count) ≠ \(length)")
      }
      return .gather(try vector.nonZeroPlaces())
    case .tensor(let vector) where vector.rank == 1:
      return .gather(
        try (0..<vector.count).map { index in
          if index & 0x7FFF == 0 { try Cancellation.check() }
          return try place(.number(vector[flat: index]), length: length, span, expr.span)
        })
    default:
      throw Diagnostic(
        "an index is a whole number, a slice, a vector of them or a condition", in: source,
        at: expr.span, marks: [.init(span)], detail: operandText(span, value) ?? value.kindName)
    }
  }

  /// A whole number as a place in 0..<length, negative ones counted from the end.
  func place(_ value: Value, length: Int, _ span: Span, _ whole: Span) throws -> Int {
    guard let number = value.asNumber else {
      throw Diagnostic(
        "an index is a whole number, not \(value.kindName)", in: source, at: whole,
        marks: [.init(span)])
    }
    guard let index = Int(exactly: number) else {
      throw Diagnostic(
        "an index is a whole number, not \(number.plain)", in: source, at: whole,
        marks: [.init(span)])
    }
    let place = index < 0 ? index &+ length : index
    guard place >= 0, place < length else {
      throw Diagnostic(
        length == 0
          ? "index \(index) into an empty axis" : "index \(index) is outside 0 … \(length - 1)",
        in: source, at: whole, marks: [.init(span)],
        detail: length == 0 ? "" : "or -\(length) … -1, from the end")
    }
    return place
  }

  /// Python's slices: 0-based, end exclusive, negatives from the end, ends beyond the axis cut off.
  func slice(_ from: Expr?, _ to: Expr?, _ step: Expr?, length: Int, _ span: Span) throws
    -> AxisSelection
  {
    let stride = try step.map { try bound($0, "a slice step") } ?? 1
    guard stride != 0 else {
      throw Diagnostic("a slice step can not be 0", in: source, at: step?.span ?? span)
    }
    let clamp = { (index: Int) -> Int in
      let place = index < 0 ? index &+ length : index
      return stride > 0 ? min(max(place, 0), length) : min(max(place, -1), length - 1)
    }
    let start =
      try from.map { clamp(try bound($0, "a slice bound")) } ?? (stride > 0 ? 0 : length - 1)
    let end = try to.map { clamp(try bound($0, "a slice bound")) } ?? (stride > 0 ? length : -1)
    let distance = stride > 0 ? end - start : start - end
    let pace = stride.magnitude > UInt(Int.max) ? Int.max : Int(stride.magnitude)
    return .slice(start: start, step: stride, count: distance <= 0 ? 0 : (distance - 1) / pace + 1)
  }

  private func bound(_ expr: Expr, _ what: String) throws -> Int {
    let value = try evaluate(expr)
    if let number = value.asNumber {
      if let index = Int(exactly: number) { return index }
      if number == .infinity { return Int.max >> 1 }
    }
    throw Diagnostic("\(what) is a whole number", in: source, at: expr.span)
  }

  // MARK: - Changed copies

  /// `value` with what `path` and `index` name replaced.
  func updated(
    _ value: Value, path: ArraySlice<Name>, index: [IndexItem]?, to new: Value, base: Expr,
    at span: Span
  ) throws -> Value {
    if let name = path.first {
      guard case .record(var record) = value else {
        throw Diagnostic(
          "\(value.kindName) has no parts with names", in: source, at: span,
          marks: [.init(name.span)])
      }
      if path.count == 1 && index == nil {
        record[name.text] = new
      } else {
        guard let inner = record[name.text] else {
          throw noField(name.text, in: record, at: name.span)
        }
        record[name.text] = try updated(
          inner, path: path.dropFirst(), index: index, to: new, base: base, at: span)
      }
      return .record(record)
    }
    guard let items = index else { return new }
    switch value {
    case .tensor(let tensor): return try assign(value, tensor, items, new, base, at: span)
    case .traced(let traced):
      guard let tensor = try value.asTensor(), tensor.rank > 0 else {
        return try updated(traced.value, path: path, index: index, to: new, base: base, at: span)
      }
      return try assign(value, tensor, items, new, base, at: span)
    case .record(var record):
      guard items.count == 1, case .at(let key) = items[0],
        case .string(let name) = try evaluate(key)
      else {
        throw Diagnostic("a record is indexed by one name", in: source, at: span)
      }
      record[name] = new
      return .record(record)
    default:
      throw Diagnostic("\(value.kindName) can not be indexed", in: source, at: span)
    }
  }

  private func assign(
    _ value: Value, _ tensor: Tensor, _ items: [IndexItem], _ new: Value, _ base: Expr,
    at span: Span
  ) throws -> Value {
    guard let replacement = try new.asTensor() else {
      throw Diagnostic(
        "only numbers can be put into a tensor, not \(new.kindName)", in: source, at: span)
    }
    let target = Expr(base.form, span)
    do {
      if items.count == 1, case .at(let item) = items[0],
        case .tensor(let condition) = try evaluate(item).untraced, condition.dtype == .bool,
        condition.rank > 1
      {
        guard condition.shape == tensor.shape,
          Broadcast.shape(replacement.shape, tensor.shape) == tensor.shape
        else {
          throw Diagnostic(
            "a condition has the shape of what it selects from", in: source, at: span,
            marks: [.init(item.span)],
            detail: "\(tensor.shape.timesText) ≠ \(condition.shape.timesText)")
        }
        return try replaced(value, new) { tensor, new in
          try Tensor.select(
            condition, new.converted(to: tensor.dtype == .bool ? new.dtype : tensor.dtype), tensor)
        }
      }
      let selections = try selections(items, of: tensor, base, at: target)
      let selected = Self.shape(of: selections, tensor.shape)
      guard Broadcast.shape(replacement.shape, selected) == selected else {
        throw Diagnostic(
          "the new values do not fit the place", in: source, at: span,
          detail: "\(replacement.shape.kindText) into \(selected.kindText)")
      }
      return try replaced(value, new) { try $0.assigning($1, to: selections) }
    } catch let error as KernelError {
      throw diagnose(error, at: span)
    }
  }

  /// A changed copy of a tensor, whether or not a tape follows it or the new values.
  private func replaced(
    _ value: Value, _ new: Value, _ change: @escaping (Tensor, Tensor) throws -> Tensor
  ) throws -> Value {
    if value.isTraced || new.isTraced {
      return try rearranged([value, new]) { try change($0[0], $0[1]) }
    }
    guard let tensor = try value.asTensor(), let replacement = try new.asTensor() else {
      return value
    }
    return Value(try change(tensor, replacement))
  }

  private static func shape(of selections: [AxisSelection], _ shape: [Int]) -> [Int] {
    selections.compactMap { selection in
      switch selection {
      case .index: nil
      case .slice(_, _, let count): count
      case .gather(let indices): indices.count
      }
    }
  }
}
