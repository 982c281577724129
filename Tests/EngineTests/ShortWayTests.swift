import Kernels
import Language
import Testing

@testable import Engine

/// What is computed on a short way is what the evaluator would give.
@Suite struct ShortWayTests {
  @Test func formulasOfDefaults() throws {
    var count = 0
    for builtin in Registry.all {
      let signature = builtin.signature
      let axes = Array(3..<3 + signature.dimensionNames.names.count)
      var locals = Locals()
      for (name, length) in zip(signature.dimensionNames.names, axes) {
        locals[name] = .number(Double(length))
      }
      for case .formula(let formula, let expr) in signature.defaults {
        count += 1
        let evaluator = Evaluator()
        evaluator.prepareForThisThread(stackBytes: 1 << 20)
        let dimensions = try Self.dimensions(of: signature, lengths: axes)
        let expected = try evaluator.evaluate(expr, with: locals).asNumber
        #expect(formula.number(dimensions) == expected, "\(builtin.name): \(expr)")
      }
    }
    #expect(count > 0)
  }

  /// A call of attention that gives no options reads none.
  @Test(arguments: ["attn Q K V", "flash Q K V", "scores Q K", "self_attn Q K V V"])
  func defaultsOfAttention(_ call: String) throws {
    let name = String(call.prefix { $0 != " " })
    let signature = try #require(Registry[name]).signature
    let values = zip(signature.positionals.map(\.name), call.split(separator: " ").dropFirst())
    let options = signature.options.compactMap { option in
      option.defaultText.map { "\(option.name)=(\(signature.selfContained($0)))" }
    }
    let session = Session()
    let source = Source(
      text: """
        Q = randn 5 5; K = randn 5 5; V = randn 5 5
        \(values.map { "\($0) = \($1)" }.joined(separator: "; "))
        a = \(call); b = \(call) \(options.joined(separator: " "))
        """)
    for statement in try Parser.statements(of: source) {
      try session.run(statement, in: source) { _ in }
    }
    let (a, b) = (try session["a"]?.asTensor(), try session["b"]?.asTensor())
    #expect(options.count > 3 && a?.doubles.isEmpty == false)
    #expect(a?.doubles.map(\.bitPattern) == b?.doubles.map(\.bitPattern))
  }

  private static func dimensions(of signature: Signature, lengths: [Int]) throws -> Dimensions {
    let known = Dictionary(
      uniqueKeysWithValues: zip(signature.dimensionNames.names, lengths))
    return try signature.unify(
      signature.parameters.compactMap { parameter in
        parameter.pattern.map { pattern in
          let shape = pattern.compactMap { dimension -> Int? in
            switch dimension {
            case .leading: nil
            case .named(let name): known[name]
            case .product: 1
            }
          }
          return (parameter: parameter, shape: shape)
        }
      })
  }

  @Test(arguments: [
    "2 + 3*4", "-2^2", "2 - -x", "x/0", "-x/0 + 1", "0/0", "7 % -3", "x^0.5", "(-8)^(1/3)",
    "2 · x", "1 - x*y^2/3 + x", "1e300*1e300", "x*k + 1", "x < 2", "x + (x > 1)", "not x + 1",
    "x*f32(2)", "pi*x", "x*v", "v*x + 1", "(x, 1)[0] + 1",
  ])
  func arithmeticOfNumbers(_ code: String) throws {
    let session = Session()
    session.isRemembered = false
    try run("x = 1.5; y = -0.3; v = [1 2 3]; k = (x > 1); a = \(code)", in: session)
    // Who looks on sees every step, and there is no short way.
    session.evaluator.observer = Observer { _, _ in }
    try run("b = \(code)", in: session)
    try expectSame("a", "b", in: session)
  }

  /// What a statement is made of is remembered: functions and products must not pay for it.
  @Test(arguments: [false, true])
  func whoLooksOnSeesTheStatementAlone(_ looksInside: Bool) throws {
    let session = Session()
    session.isRemembered = false
    var seen: [String] = []
    session.evaluator.observer = Observer(looksInside: looksInside) {
      [unowned session] expr, value in
      seen.append("\(session.evaluator.source.slice(expr.span)) \(value.shapeText)")
    } toldOfShape: { [unowned session] expr, shape in
      seen.append("\(session.evaluator.source.slice(expr.span)) was not made, \(shape)")
    }
    try run("def f(x) { x + 1 }; K = zeros 2 3; S = f(K) @ K'", in: session)
    #expect(seen.contains("K' was not made, [3, 2]") && seen.contains("f(K) 2×3"))
    #expect(seen.contains("f(K) @ K' 2×2"))
    #expect(seen.contains("x + 1 2×3") == looksInside)
  }

  @Test(arguments: [
    ("x*0.5 + 1", true), ("exp(-x^2/2)/√(2*pi)", true), ("2*x + k*y - 1", true),
    ("1/(1 + exp(-x))", true), ("x*y*x - -y", true), ("maximum(x, 0.1*y) · 2", true),
    ("(u + 1)/3", true), ("tanh u * u - abs(u)", true), ("sqrt(x^2 + y^2)", true),
    ("gelu x + relu(x) - silu(y)", true), ("-(-x)", true), ("√x * x^2", true),
    ("x*gelu(2.1) + gelu(-2)*y", true),
    ("x + y", false), ("x + 1 > y", false), ("u*x + 1", false), ("2^x + 1", false),
    ("x^3 + 1", true), ("log1p(x) + x^0.5", true),
    ("x^4 + 1", false), ("x + row - 1", false), ("x*(y + z)", false), ("small*2 + 1", false),
    ("x % 2 + 1", false), ("not x + 1", false), ("tan(x) + 1", false), ("x · y' + 1", false),
    ("exp(x=x) + 1", false), ("f(x) + x*2", false), ("f64 u * 2 + 1", false), ("f32(2)*x*t", false),
  ])
  func arithmeticOfTensors(_ code: String, isChain: Bool) throws {
    let session = Session()
    session.isRemembered = false
    try run(
      """
      seed 3; x = randn 200 100; y = randn 200 100; u = f32 x; k = 3; row = randn 100
      z = reshape(y, [200, 100]) ; small = randn 3 3; t = x > 0; z = z[0:1]
      def f(a) { a*2 + 1 }
      """, in: session)
    let expr = try Parser.expression(code)
    #expect(try (session.evaluator.chain(expr) != nil) == isChain)
    try run("a = \(code)", in: session)
    session.evaluator.observer = Observer { _, _ in }
    try run("b = \(code)", in: session)
    try expectSame("a", "b", in: session)
  }

  /// In the order in which they are computed, as where each is a tensor of its own.
  @Test func partsOfChainsAreTold() throws {
    let session = Session()
    session.isRemembered = false
    var seen: [String] = []
    session.evaluator.observer = Observer { [unowned session] expr, value in
      if case .number = expr.form { return }
      guard case .number(let number, _) = value else { return }
      seen.append("\(session.evaluator.source.slice(expr.span)) \(number)")
    } toldOfShape: { [unowned session] expr, shape in
      seen.append("\(session.evaluator.source.slice(expr.span)) \(shape)")
    }
    try run("x = randn 200 100; y = exp(-x^2/2) * √(2*8)", in: session)
    #expect(
      seen == ["x^2", "-x^2", "-x^2/2", "exp(-x^2/2)"].map { "\($0) [200, 100]" } + [
        "(2*8) 16.0", "√(2*8) 4.0",
      ])
  }

  private func run(_ code: String, in session: Session) throws {
    let source = Source(text: code)
    for statement in try Parser.statements(of: source) {
      try session.run(statement, in: source) { _ in }
    }
  }

  /// Bit for bit; NaN is NaN.
  private func expectSame(_ first: String, _ second: String, in session: Session) throws {
    let (a, b) = (try session[first]?.asTensor(), try session[second]?.asTensor())
    func bits(_ tensor: Tensor?) -> [UInt64]? {
      tensor?.doubles.map { $0.isNaN ? Double.nan.bitPattern : $0.bitPattern }
    }
    #expect(a != nil && a?.dtype == b?.dtype && a?.shape == b?.shape && bits(a) == bits(b))
  }

  @Test(arguments: ["f x -> a[n],b", "f x -> a[n]b", "f x -> a:tensorb c["])
  func wordsThatAreNoResultAreMistakes(_ text: String) {
    #expect(throws: Signature.Malformed.self) { try Signature(text) }
  }
}
