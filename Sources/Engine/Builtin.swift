import Kernels
import Language
import Synchronization

/// One entry of the registry: everything that `attn` knows about one builtin.
///
/// Help, completion, arity and shape errors, `source`, and the generated tests are derived from
/// it. To add a builtin, add one entry to the list of its family in `Builtins/`.
public final class Builtin: Sendable {
  public typealias Forward = @Sendable (Call) throws -> Results

  /// A finished layout for `explain`, made of the call's own numbers; nil where the walk through the
  /// definition says it as well.
  public typealias Explain = @Sendable (ExplainedCall) throws -> Explanation?

  public let name: String
  /// A word that means a value: `causal`, `pi`; written `kvcache()` it is a function of nothing.
  public let isConstant: Bool
  /// See `Signature` for how it is written.
  public let signatureText: String
  /// One sentence: what it is or gives.
  public let summary: String
  /// As a book prints it.
  public let formula: String?
  /// The same in the language itself: the executable specification, shown by `source`.
  public let definition: String?
  /// What parameters mean, in the order of help: units, bounds, conventions.
  public let parameters: [(name: String, meaning: String)]
  /// Conventions and sources: where others decide differently, the paper by name and year.
  public let notes: [String]
  /// Words by which `apropos` finds it.
  public let keywords: String
  /// A transcript that the tests run.
  public let examples: String
  /// Calls for the generated tests, where random arguments made from the signature mean nothing.
  public let samples: [String]
  /// The shapes of the results, where the signature can not say them.
  public let resultShapes: (@Sendable (Call) throws -> [[Int]])?
  /// The forward asks only for shapes, so it knows its result before there are numbers.
  public let looksAtShapesOnly: Bool
  /// The function of each element that a call with its operands alone is; see `chain`.
  public let elementwise: ElementwiseFunction?
  public let forward: Forward
  /// How it is differentiated; where nil, as its definition.
  public let vjp: Derivative?
  /// What a call costs, for `cost NAME …`.
  public let cost: Cost?
  public let explain: Explain?

  private let parsed = Mutex<Signature?>(nil)
  private let compiled = Mutex<UserFunction?>(nil)

  public init(
    _ signature: String, _ summary: String, formula: String? = nil, definition: String? = nil,
    parameters: Meanings = [:], notes: [String] = [], keywords: String = "",
    examples: String = "", samples: [String] = [],
    resultShapes: (@Sendable (Call) throws -> [[Int]])? = nil, looksAtShapesOnly: Bool = false,
    elementwise: ElementwiseFunction? = nil, cost: Cost? = nil, explain: Explain? = nil,
    vjp: Derivative? = nil,
    forward: @escaping Forward
  ) {
    let head = signature.utf8.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "(") }
    name = String(decoding: head, as: UTF8.self)
    let rest = signature.utf8.dropFirst(head.count)
    isConstant = rest.isEmpty || rest.starts(with: " -> ".utf8)
    self.signatureText = signature
    self.summary = summary
    self.formula = formula
    self.definition = definition
    self.parameters = parameters.pairs
    self.notes = notes
    self.keywords = keywords
    self.examples = examples
    self.samples = samples
    self.resultShapes = resultShapes
    self.looksAtShapesOnly = looksAtShapesOnly
    self.elementwise = elementwise
    self.vjp = vjp
    self.cost = cost
    self.explain = explain
    self.forward = forward
  }

  /// Parsed when first needed: a start must not pay for the whole registry.
  public var signature: Signature {
    parsed.withLock { cache in
      if let signature = cache { return signature }
      // A malformed signature is a mistake of the registry that its tests find; it then reads as
      // a function without parameters.
      let signature = (try? Signature(signatureText)) ?? Signature(nameOnly: name)
      cache = signature
      return signature
    }
  }

  /// The definition as a function of the language; nil where there is none.
  public func compiledDefinition() throws -> UserFunction? {
    guard let definition else { return nil }
    return try compiled.withLock { cache in
      if let function = cache { return function }
      let source = Source(name: "source \(name)", text: definition)
      let statements = try Parser.statements(of: source)
      let span = Span(0, source.bytes.count)
      let function = UserFunction(
        name: name,
        parameters: try definitionParameters.map { try definitionParameter($0, span) },
        body: Block(statements, span), source: source, span: span, isDefinitionOfBuiltin: true)
      cache = function
      return function
    }
  }
}

extension Builtin {
  /// What is given by place comes first, wherever the signature has its options.
  private var definitionParameters: [Signature.Parameter] {
    signature.positionals + signature.options
  }

  private func definitionParameter(_ parameter: Signature.Parameter, _ span: Span) throws
    -> Parameter
  {
    let name = Name(parameter.name, span)
    guard let text = parameter.defaultText else { return Parameter(name) }
    if case .word = parameter.kind {
      return Parameter(name, defaultValue: Expr(.string(text), span))
    }
    return Parameter(name, defaultValue: try Parser.expression(signature.selfContained(text)))
  }

  /// The definition as the user could type it: `def softmax(z, tau=1) { … }`.
  public var definitionText: String? {
    guard let definition else { return nil }
    let parameters = definitionParameters.map { parameter in
      guard let text = parameter.defaultText else {
        return parameter.isOption || parameter.isOptional
          ? "\(parameter.name)=none" : parameter.name
      }
      if case .word = parameter.kind { return "\(parameter.name)=\"\(text)\"" }
      return "\(parameter.name)=\(signature.selfContained(text))"
    }
    let head = "def \(name)(\(parameters.joined(separator: ", ")))"
    let lines = definition.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.count == 1, !definition.contains("{") { return "\(head) = \(definition)" }
    return "\(head) {\n" + lines.map { "  \($0)" }.joined(separator: "\n") + "\n}"
  }

  /// For a forward that gives one tensor.
  public convenience init(
    _ signature: String, _ summary: String, formula: String? = nil, definition: String? = nil,
    parameters: Meanings = [:], notes: [String] = [], keywords: String = "",
    examples: String = "", samples: [String] = [],
    resultShapes: (@Sendable (Call) throws -> [[Int]])? = nil, looksAtShapesOnly: Bool = false,
    elementwise: ElementwiseFunction? = nil, cost: Cost? = nil, explain: Explain? = nil,
    vjp: Derivative? = nil,
    tensor forward: @escaping @Sendable (Call) throws -> Tensor
  ) {
    self.init(
      signature, summary, formula: formula, definition: definition, parameters: parameters,
      notes: notes, keywords: keywords, examples: examples, samples: samples,
      resultShapes: resultShapes, looksAtShapesOnly: looksAtShapesOnly,
      elementwise: elementwise, cost: cost, explain: explain, vjp: vjp
    ) { call in Results(Value(try forward(call))) }
  }
}

/// What a builtin gives. The first result stands by itself: most give no other, and need no list.
public struct Results: ExpressibleByArrayLiteral, Sendable {
  let first: Value?
  /// Nil where there are none.
  let others: ArraySlice<Value>?

  init(_ first: Value) { (self.first, others) = (first, nil) }

  init(_ first: Value, _ others: [Value]) { self.init([first] + others) }

  /// The main result, and the one after `also` where it is there.
  init(_ main: Tensor, also extra: Tensor?) {
    (first, others) = (Value(main), extra.map { [Value($0)] })
  }

  init(_ values: [Value]) {
    (first, others) = (values.first, values.count > 1 ? values.dropFirst() : nil)
  }

  public init(arrayLiteral values: Value...) { self.init(values) }

  var all: [Value] { first.map { [$0] + (others ?? []) } ?? [] }
}

/// What the parameters of a builtin mean, in the order of help: `["Q": "queries"] + shared`.
public struct Meanings: ExpressibleByDictionaryLiteral, Sendable {
  let pairs: [(name: String, meaning: String)]

  private init(_ pairs: [(name: String, meaning: String)]) { self.pairs = pairs }

  public init(dictionaryLiteral elements: (String, String)...) {
    pairs = elements.map { (name: $0, meaning: $1) }
  }

  static func + (first: Meanings, second: Meanings) -> Meanings {
    Meanings(first.pairs + second.pairs)
  }
}

/// The builtins that belong together: one heading of `help`, one file in `Builtins/`.
public struct Family: Sendable {
  public let title: String
  public let builtins: [Builtin]

  public init(_ title: String, _ builtins: [Builtin]) {
    self.title = title
    self.builtins = builtins
  }
}

/// All builtins.
public enum Registry {
  public static let families: [Family] = [
    creationFamily, randomFamily, shapeFamily, labelFamily, elementwiseFamily, reductionFamily,
    linearFamily, softmaxFamily, lossFamily, samplingFamily, attentionFamily, multiHeadFamily,
    efficientFamily, cacheFamily, maskFamily, positionFamily, layerFamily, blockFamily,
    expertFamily, calculusFamily, pictureFamily, sessionFamily,
  ]

  public static let all: [Builtin] = families.flatMap(\.builtins)

  /// Every word that stands before a `=` in some call.
  static let optionNames = Set(all.flatMap { $0.signature.options.map(\.name) })

  private static let bySymbol = SymbolTable(all) { $0.name }

  public static subscript(symbol: Symbol) -> Builtin? { bySymbol[symbol] }

  public static subscript(name: String) -> Builtin? { self[Symbol(name)] }
}
