import Kernels
import Language
import Synchronization

/// How a builtin is differentiated; where an entry does not say, its definition is.
///
///     vjp: ["z": "out * (g - sum(g * out, axis=axis, keep=1)) / tau"]
public enum Derivative: Sendable {
  /// The gradients of some parameters, in the language itself: so they can be differentiated again.
  case rules([GradientRule])
  /// The same by a kernel, which can not: a gradient of a gradient takes the rules that say the
  /// same, or the definition where there are none.
  /// Where `recording` is given it stands for the forward function, and what it keeps goes to the
  /// kernel.
  case kernel(
    of: [String], rules: [GradientRule] = [], recording: RecordingForward? = nil, GradientKernel)
  /// The elements of the results are those of a parameter, somewhere else, or constants.
  case rearrangement(of: String, places: ElementPlaces? = nil)
  /// Records its own steps: runs on arguments that tapes follow.
  case steps(TracedForward)
  /// Constant between its jumps, or no number at all: what it gives has no gradient.
  case constant
  /// Not to be differentiated, for this reason.
  case refused(String)
  /// Hands its arguments on as they are.
  case handedOn
}

/// The gradients of parameters by their names, at least of those that are wanted; nil for a call
/// that the kernel does not know, which takes the rules or the definition.
public typealias GradientKernel = @Sendable (KernelStep) throws -> [String: Tensor]?

/// The results of a call, and what its gradient will ask for.
public typealias RecordingForward = @Sendable (Call) throws -> ([Value], record: (any Sendable)?)

/// A call whose gradient a kernel is asked for; no value in it is followed by a tape.
public struct KernelStep {
  public let call: Call
  public let results: [Value]
  /// The gradients of the results; nil for one that nothing depends on.
  public let upstream: [Tensor?]
  public let wanted: Set<String>
  /// What the forward pass kept, if it did.
  public let record: (any Sendable)?

  /// The gradient of the only result.
  func g() throws -> Tensor {
    guard let g = upstream.first ?? nil else { throw Fault("there is no gradient to go on with") }
    return g
  }
}

extension Derivative {
  /// The rules of an entry, also where a kernel does their work.
  var rules: [GradientRule] {
    switch self {
    case .rules(let rules), .kernel(_, let rules, _, _): rules
    default: []
    }
  }
}

/// Where each element of the first result stood in the parameter, counted from 1.
public typealias ElementPlaces = @Sendable (Call) throws -> Tensor

public typealias TracedForward = @Sendable (Call) throws -> [Value]

extension Derivative: ExpressibleByDictionaryLiteral {
  public init(dictionaryLiteral elements: (String, String)...) {
    self = .rules(elements.map { GradientRule($0, $1) })
  }
}

/// What the gradient of one parameter is, or of several as a tuple: a program that knows the
/// parameters, the dimensions, the result `out` and its gradient `g`.
///
/// What comes out longer or shorter than the parameter is summed or stretched to its shape.
public final class GradientRule: Sendable {
  let names: [String]
  let text: String
  private let compiled = Mutex<UserFunction?>(nil)

  init(_ names: String, _ text: String) {
    self.names = names.split(separator: " ").map(String.init)
    self.text = text
  }

  func program() throws -> UserFunction {
    try compiled.withLock { cache in
      if let program = cache { return program }
      let source = Source(name: "gradient", text: text)
      let span = Span(0, source.bytes.count)
      let program = UserFunction(
        name: nil, parameters: [], body: Block(try Parser.statements(of: source), span),
        source: source, span: span, isDefinitionOfBuiltin: true)
      cache = program
      return program
    }
  }
}

extension Evaluator {
  /// The gradients of a rule's parameters.
  func gradients(of rule: GradientRule, _ scope: [String: Value]) throws -> [Value] {
    let program = try rule.program()
    let value = try within(Frame(program, Locals(scope)), program.source) {
      try run(program.body).value
    }
    if case .tuple(let tuple) = value { return tuple.items }
    return [value]
  }
}
