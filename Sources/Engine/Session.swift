import Kernels
import Language

/// Variables, random state and functions, and the statements that change them.
public final class Session {
  let evaluator = Evaluator()

  /// Whether somebody may ask later what was run and what a variable was made of.
  public var isRemembered = true

  private let stackBytes: Int

  /// - Parameter stackBytes: the stack of the thread that will call `run`; deep recursion of the
  ///   user's functions ends in an error before it is used up.
  public init(effects: (any Effects)? = nil, stackBytes: Int = 4 << 20) {
    self.stackBytes = stackBytes
    evaluator.effects = effects
  }

  /// Lets another evaluator work on the thread that calls this.
  func prepare(_ evaluator: Evaluator) { evaluator.prepareForThisThread(stackBytes: stackBytes) }

  /// Runs one statement, all of it or nothing: an error or Ctrl-C restores variables and random
  /// state.
  ///
  /// - Throws: `Diagnostic`, or `KernelError.cancelled`.
  public func run(_ statement: Statement, in source: Source, emit: @escaping (Output) -> Void)
    throws
  {
    if let answer = answer(to: statement, in: source) {
      return emit(.value(.document(answer), name: nil))
    }
    let random = evaluator.state.random
    evaluator.state.variables.beginStatement()
    evaluator.prepareForThisThread(stackBytes: stackBytes)
    evaluator.source = source
    evaluator.emit = emit
    evaluator.frame = nil
    do {
      let flow =
        try isRemembered
        ? evaluator.runRemembering(statement, in: source) : evaluator.run(statement)
      if flow.isBroken {
        throw Diagnostic("break stands in no loop", in: source, at: statement.span)
      }
      // Also where a kernel ended before it looked.
      if Cancellation.isRequested { throw KernelError.cancelled }
    } catch {
      evaluator.state.variables.takeBack()
      evaluator.state.random = random
      throw diagnosis(of: error, statement, source)
    }
  }

  /// What `explain` said last, with another cell followed through the steps.
  public func explanation(following cell: Explanation.Cell) throws -> Explanation? {
    guard let (expr, source) = evaluator.explained else { return nil }
    evaluator.prepareForThisThread(stackBytes: stackBytes)
    (evaluator.source, evaluator.frame) = (source, nil)
    evaluator.emit = { _ in }
    return try evaluator.explanation(of: expr, following: cell)
  }

  /// Whatever is thrown below, as what the user sees.
  private func diagnosis(of error: any Error, _ statement: Statement, _ source: Source)
    -> any Error
  {
    switch error {
    case let diagnostic as Diagnostic: return diagnostic
    case KernelError.cancelled: return KernelError.cancelled
    case let error as KernelError: return evaluator.diagnose(error, at: statement.span)
    case let fault as Fault:
      return Diagnostic(fault.message, in: source, at: statement.span, detail: fault.detail ?? "")
    default: return Diagnostic("\(error)", in: source, at: statement.span)
    }
  }

  /// Variables, what they were made of, and random state at one moment. Values are shared, so
  /// keeping one costs a table of names.
  public struct Moment {
    let state: Evaluator.State

    public var random: RandomState { state.random }
  }

  /// Everything a statement may change: what was read here can be set again, bit for bit.
  public var moment: Moment {
    get { Moment(state: evaluator.state) }
    set { evaluator.state = newValue.state }
  }

  /// The statement that made a variable what it is, as it was typed; nil where there is none or
  /// where it is too long to be kept.
  public func statement(of name: String) -> String? {
    if case .function(.user(let function))? = evaluator.state.variables[name],
      function.name == name
    {
      return function.source.slice(function.span)
    }
    guard let origin = evaluator.state.variables.origin(of: Symbol(name)), origin.isWhole else {
      return nil
    }
    return origin.text
  }

  /// The user's variables by name.
  public var variables: [(name: String, value: Value)] {
    evaluator.state.variables.all.sorted { $0.name < $1.name }.map { ($0.name, $0.value) }
  }

  public internal(set) subscript(name: String) -> Value? {
    get { evaluator.state.variables[name] }
    set { evaluator.state.variables[name] = newValue }
  }
}
