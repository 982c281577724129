import Kernels
import Language

// `bench EXPR`, `bench attn 4096 64`, `compare (a) (b)`: what calls take on this machine.
extension Evaluator {
  /// The best that this machine gave, measured once a session for the kernels and threads in use.
  struct Machine {
    var kernels = KernelVariant.current
    var threads = Workers.count
    var operationsPerSecond: [DType: Double] = [:]
    var bytesPerSecond: Double?
  }

  func bench(_ subject: Expr, at expr: Expr) throws -> Document {
    let task = try sizedTask(subject, at: expr) ?? expressionTask(subject)
    let timings = try timed([task])
    let rates = try task.work.map { try self.rates($0, timings[0].median) }
    return BenchReport(
      title: source.slice(expr.span), label: task.label, timing: timings[0], rates: rates
    ).document
  }

  func compare(_ subjects: [Expr], at expr: Expr) throws -> Document {
    let tasks = try subjects.map(expressionTask)
    let values = try tasks.map { task in try quietly { try task.run() } }
    let differences = try zip(subjects, values).dropFirst().map { subject, value in
      try difference(values[0], value, subjects[0], subject, at: expr)
    }
    let timings = try timed(tasks)
    return ComparisonReport(
      title: "compare", labels: tasks.map(\.label), shapes: values.map(\.shapeText),
      timings: timings, differences: differences
    ).document
  }

  // MARK: - Tasks

  /// Something that is timed.
  struct Task {
    var label: String
    var run: () throws -> Value
    var work: Work?
  }

  /// What a call has to do at least.
  struct Work {
    var operations: Double
    /// Read or written.
    var bytes: Double?
    var dtype: DType
  }

  /// `bench attn 4096 64`: numbers where the builtin wants tensors are sizes.
  private func sizedTask(_ subject: Expr, at expr: Expr) throws -> Task? {
    var (head, arguments) = (subject, [Argument]())
    if case .call(let called, let given, .spaced) = subject.form {
      (head, arguments) = (called, given)
    }
    guard case .name(let name) = head.form, let builtin = calledBuiltin(head), builtin.cost != nil
    else { return nil }
    let sizes = arguments.compactMap { if case .positional(let size) = $0 { size } else { nil } }
    guard try sizes.allSatisfy({ if case .number = try evaluate($0) { true } else { false } })
    else { return nil }
    let options = arguments.filter { if case .option = $0 { true } else { false } }
    let place = Name(name, head.span)
    return try task(try sizedCost("bench", of: place, sizes, options, at: expr), options, at: expr)
  }

  private func task(_ sized: SizedCost, _ options: [Argument], at expr: Expr) throws -> Task {
    let name = sized.builtin.name
    guard let text = sized.cost.call else {
      throw Diagnostic("bench \(name) needs the arguments themselves", in: source, at: expr.span)
    }
    let call = try Parser.expression(text)
    let used = FreeNames.of(call)
    for case .option(let option, _) in options where !used.contains(option.symbol) {
      throw Diagnostic(
        "bench \(name) can not vary \(option.text)", in: source, at: option.span,
        detail: "it measures \(text)")
    }
    let given = try arguments(of: call, sized, at: expr)
    let bytes = try sized.cost.traffic.map { try sized.count($0) * 8 }
    return Task(
      label: name, run: { try self.apply(.function(.builtin(sized.builtin)), given) },
      work: Work(operations: try sized.operations, bytes: bytes, dtype: .f64))
  }

  /// The arguments of a call of the registry; what goes wrong lies in the sizes that were typed.
  private func arguments(of call: Expr, _ sized: SizedCost, at expr: Expr) throws -> Arguments {
    guard case .call(_, let arguments, _) = call.form else { return Arguments([]) }
    let scope = sized.scope.mapValues { Value.number($0) }
    return try quietly {
      var given = Arguments([])
      do {
        for argument in arguments {
          let value = try evaluate(argument.value, with: scope)
          switch argument {
          case .positional: given.positional.append(value)
          case .option(let name, _): given.options.append((name.text, value))
          }
        }
      } catch let problem as Diagnostic {
        throw Diagnostic(problem.message, in: source, at: expr.span, detail: problem.detail)
      }
      return given
    }
  }

  private func expressionTask(_ subject: Expr) throws -> Task {
    Task(
      label: source.slice(subject.span).withoutParentheses, run: { try self.evaluate(subject) },
      work: try quietly { try work(of: subject) })
  }

  private func calledBuiltin(_ head: Expr) -> Builtin? {
    guard case .name(let name) = head.form, case .function(.builtin(let builtin))? = lookUp(name)
    else { return nil }
    return builtin
  }

  /// The operations of a call whose arguments tell its sizes; nil where the entry's formulas do not
  /// hold for it.
  private func work(of subject: Expr) throws -> Work? {
    guard case .call(let head, let arguments, _) = subject.form,
      let builtin = calledBuiltin(head), let cost = builtin.cost, !cost.lengths.isEmpty,
      let given = try? evaluate(arguments, for: .builtin(builtin)),
      let call = try? Call(builtin, given, wanted: .one, evaluator: self)
    else { return nil }
    var scope: [String: Double] = [:]
    for (size, names) in cost.lengths {
      let lengths = Set(names.map { call.dimensions[$0] })
      guard lengths.count == 1, let length = lengths.first else { return nil }
      scope[size] = Double(length)
    }
    for option in cost.options {
      scope[option.name] = (try? call.number(option.name)) ?? option.value
    }
    let sized = SizedCost(builtin: builtin, cost: cost, scope: scope, evaluator: self)
    guard let share = try share(of: call, sized) else { return nil }
    let count = Double(call.dimensions.leading.reduce(1, *))
    let dtype = call.values.compactMap { if case .tensor(let x)? = $0 { x.dtype } else { nil } }
    let element = dtype.first == .f32 ? DType.f32 : .f64
    return Work(
      operations: try sized.operations * count * share,
      bytes: try cost.traffic.map { try sized.count($0) * count * Double(element.byteCount) },
      dtype: element)
  }

  /// How much of the work a mask leaves; nil where that is not known.
  private func share(of call: Call, _ sized: SizedCost) throws -> Double? {
    switch call.value("mask") {
    case nil, .mask(.full)?: return 1
    case .mask(let rule)?:
      guard let skips = sized.cost.skips, "\(rule)" == skips.mask else { return nil }
      return 1 - (try sized.count(skips.share))
    default: return nil
    }
  }

  // MARK: - Running

  /// Without output and without a trace in the random state, which every task finds as it is now.
  private func quietly<Result>(_ body: () throws -> Result) rethrows -> Result {
    let (random, emit, observer) = (state.random, emit, observer)
    defer { (state.random, self.emit, self.observer) = (random, emit, observer) }
    (self.emit, self.observer) = ({ _ in }, nil)
    return try body()
  }

  private func timed(_ tasks: [Task]) throws -> [Timing] {
    try quietly {
      let random = state.random
      return try Stopwatches.time(
        tasks.map { task in
          {
            self.state.random = random
            _ = try task.run()
          }
        })
    }
  }

  private func rates(_ work: Work, _ seconds: Double) throws -> BenchReport.Rates {
    if (machine.kernels, machine.threads) != (KernelVariant.current, Workers.count) {
      machine = Machine()
    }
    let peak =
      try machine.operationsPerSecond[work.dtype] ?? MachinePeak.operationsPerSecond(work.dtype)
    machine.operationsPerSecond[work.dtype] = peak
    let bandwidth = try machine.bytesPerSecond ?? MachinePeak.bytesPerSecond()
    machine.bytesPerSecond = bandwidth
    return BenchReport.Rates(work: work, seconds: seconds, peak: peak, bandwidth: bandwidth)
  }

  // MARK: - Differences

  /// The Euclidean distance of two results, and its share of the length of the first.
  private func difference(
    _ first: Value, _ other: Value, _ firstExpr: Expr, _ otherExpr: Expr, at expr: Expr
  ) throws -> ComparisonReport.Difference {
    let (a, b) = (try tensors(first), try tensors(other))
    let spans = [firstExpr.span, otherExpr.span]
    let shapes = zip(spans, [first, other]).map { span, value in
      "\(source.slice(span).withoutParentheses) \(value.shapeText)"
    }
    guard let a, let b else {
      throw Diagnostic(
        "only numbers and tensors can be compared", in: source, at: expr.span,
        marks: spans.map { Diagnostic.Mark($0) }, detail: shapes.joined(separator: "   "))
    }
    guard a.map(\.shape) == b.map(\.shape) else {
      throw Diagnostic(
        "results of different shapes can not be compared", in: source, at: expr.span,
        marks: spans.map { Diagnostic.Mark($0) }, detail: shapes.joined(separator: "   "))
    }
    let distance = try zip(a, b).map { try length(Tensor.combine(.subtract, $0, $1)) }
    let reference = try a.map(length)
    let norm = { (parts: [Double]) in parts.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    return .init(absolute: norm(distance), reference: norm(reference))
  }

  private func length(_ x: Tensor) throws -> Double {
    try x.converted(to: .f64).reduce(.norm, axis: nil, keep: false)[flat: 0]
  }

  /// What a value holds that can be subtracted.
  private func tensors(_ value: Value) throws -> [Tensor]? {
    if case .tuple(let tuple) = value {
      let parts = try tuple.items.map { try tensors($0) }
      return parts.contains { $0 == nil } ? nil : parts.compactMap(\.self).flatMap(\.self)
    }
    return try value.asTensor().map { [try $0.converted(to: .f64)] }
  }
}

extension String {
  /// `attn Q K V` of `(attn Q K V)`; a tuple keeps what makes it one.
  var withoutParentheses: String {
    guard hasPrefix("("), hasSuffix(")") else { return self }
    var depth = 0
    for (index, character) in enumerated() {
      if "([{".contains(character) { depth += 1 }
      if ")]}".contains(character) { depth -= 1 }
      if depth == 0 && index < count - 1 || depth == 1 && character == "," { return self }
    }
    return String(dropFirst().dropLast()).withoutParentheses
  }
}
