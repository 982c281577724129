import Kernels
import Language

let sessionFamily = Family(
  "The session",
  [
    Builtin(
      "help word?:string -> :any", "what a builtin does, with its formula, options and an example",
      parameters: ["word": "a builtin, a variable or a topic; alone, the guide"],
      notes: ["?softmax is the same"], keywords: "manual documentation ?"
    ) { call in
      [
        .document(
          try Help.document(for: call.has("word") ? try call.string("word") : "", call.evaluator))
      ]
    },

    Builtin(
      "apropos word:string -> :any", "builtins and topics that have to do with a few words",
      notes: ["nearly the same words count too: apropos average finds mean"],
      keywords: "search find help"
    ) { call in [.document(Help.search(for: try call.string("word")))] },

    Builtin(
      "source word:string -> :any",
      "the definition of a builtin in the language, or of your own function",
      notes: ["copy it, rename it, change it: it is ordinary code"],
      keywords: "definition code show",
      examples: """
        > source outer
        def outer(a, b) = col(a) @ row(b)
        """
    ) { call in [.document(try Help.source(of: try call.string("word"), call.evaluator))] },

    Builtin(
      "print values*:any ->", "shows values, also inside a function",
      keywords: "show write output",
      examples: """
        > print "sum" (1 + 2)
        sum 3
        """,
      vjp: .constant
    ) { call in
      call.evaluator.emit(.printed(call.variadic))
      return []
    },

    Builtin(
      "assert condition message?:string ->",
      "stops with an error unless a condition holds everywhere",
      keywords: "check test",
      examples: """
        > assert (1 + 1 == 2)
        > assert (1 > 2) "one is not more than two"
        error: one is not more than two
        """,
      vjp: .constant
    ) { call in
      let condition = try call.tensor("condition")
      guard try condition.reduce(.all, axis: nil, keep: false)[flat: 0] != 0 else {
        let failed = condition.doubles.count { $0 == 0 }
        throw Fault(
          call.has("message") ? try call.string("message") : "the assertion does not hold",
          .argument("condition"),
          detail: condition.count > 1 ? "\(failed) of \(condition.count) are 0" : "")
      }
      return []
    },

    Builtin(
      "show x:any ->", "a value in full, however large it is", keywords: "print all everything",
      vjp: .constant
    ) { call in
      guard let effects = call.evaluator.effects else { return [] }
      call.evaluator.emit(.printed([.string(effects.text(of: try call.required("x")))]))
      return []
    },

    Builtin(
      "lit x:any -> :any", "a value as text that can be typed back, to the last bit",
      keywords: "literal paste copy repr",
      examples: """
        > lit ([1 2; 3 4] / 10)
        [0.1 0.2; 0.3 0.4]
        """,
      vjp: .constant
    ) { call in [.document(Document([.code(try Literal.text(of: try call.required("x")))]))] },

    Builtin(
      "load path:string -> :any", "the array in a .npy file",
      parameters: ["path": "a file in NumPy's format, of any order and rank"],
      notes: [
        "f4 becomes f32, b1 bool, f8 and whole numbers f64; a whole number that f64 can not hold is an error"
      ],
      keywords: "file read numpy npy open 파일 불러오기"
    ) { call in
      guard let effects = call.evaluator.effects else { throw Fault("there are no files here") }
      return [try reportingFiles { try effects.load(try call.string("path")) }]
    },

    Builtin(
      "save x:any path:string force=0:flag width=100:int theme:{light,dark} ->",
      "writes an array, a table, a picture or a text to a file",
      parameters: [
        "path": "a new file; its ending chooses what is written",
        "force": "1: an existing file is replaced",
        "width": "columns of what is shown, 20 to 1000",
        "theme": "what .svg, .png and .html are painted on",
      ],
      notes: [
        ".npy holds the numbers, f64, f32 and bool as they are; .csv a table of them with all "
          + "digits, .md one with those that are shown",
        ".svg, .png and .html hold what a terminal of so many columns shows: a picture, a matrix, "
          + "a help page; .txt holds its text",
        ".svg and .html show each number in full where the pointer rests; nothing is fetched",
        "the file appears whole or not at all",
      ],
      keywords: "file write numpy npy store export figure image svg png html csv markdown "
        + "picture 파일 저장 그림"
    ) { call in
      guard let effects = call.evaluator.effects else { throw Fault("there are no files here") }
      let options = try saveOptions(call)
      try reportingFiles {
        try effects.save(try call.required("x"), to: try call.string("path"), options: options)
      }
      return []
    },

    Builtin(
      "seconds f:function -> :number", "how long a function of nothing takes, in seconds",
      parameters: ["f": "such as _ -> attn Q K V, or () -> …"],
      notes: ["the median of at least 3 runs and about 0.2 seconds; random state is as before"],
      keywords: "time speed benchmark measure",
      vjp: .constant
    ) { call in [.number(try medianSeconds(call))] },
  ])

private func reportingFiles<Result>(_ work: () throws -> Result) throws -> Result {
  do {
    return try work()
  } catch let failure as EffectFailure {
    throw Fault(failure.message, .argument(failure.argument))
  }
}

private func saveOptions(_ call: Call) throws -> SaveOptions {
  let width = try call.integer("width")
  guard (20...1000).contains(width) else {
    throw Fault("width must be between 20 and 1000, not \(width)", .argument("width"))
  }
  return SaveOptions(
    force: try call.flag("force"), width: width, isDark: try call.string("theme") == "dark")
}

private func medianSeconds(_ call: Call) throws -> Double {
  let function = try call.required("f")
  var arguments: [Value] = []
  if case .function(.user(let user)) = function, user.parameters.count == 1 {
    arguments = [.number(0)]
  }
  let random = call.evaluator.state.random
  defer { call.evaluator.state.random = random }
  let clock = ContinuousClock()
  let start = clock.now
  var times: [Double] = []
  repeat {
    let duration = try clock.measure { _ = try call.apply(function, arguments) }
    times.append(
      Double(duration.components.attoseconds) * 1e-18 + Double(duration.components.seconds))
  } while times.count < 3 || (clock.now - start < .milliseconds(200) && times.count < 1000)
  return times.sorted()[times.count / 2]
}

/// Values as text that reads back to the same bits.
enum Literal {
  static func text(of value: Value) throws -> String {
    switch value {
    case .number(let number, let dtype): return wrapped(literal(number), dtype)
    case .string(let text): return quoted(text)
    case .mask(let rule): return "\(rule)"
    case .bias(.alibi(let slopes, let right)):
      return "alibi([\(slopes.map(literal).joined(separator: " "))]\(right ? ", right=1" : ""))"
    case .tuple(let tuple):
      return "(" + (try tuple.items.map(text(of:))).joined(separator: ", ") + ")"
    case .record(let record):
      let fields = try record.fields.map { "\($0.key)=\(try text(of: $0.value))" }
      return "record(" + fields.joined(separator: ", ") + ")"
    case .tensor(let tensor): return wrapped(text(of: tensor), tensor.dtype)
    case .nothing: return "none"
    default: throw Fault("\(value.kindName) has no literal", .argument("x"))
    }
  }

  private static func wrapped(_ text: String, _ dtype: DType) -> String {
    dtype == .f64 ? text : "\(dtype.name)(\(text))"
  }

  private static func literal(_ number: Double) -> String {
    number.isNaN
      ? "nan" : number.isInfinite || number == number.rounded() ? number.asciiPlain : "\(number)"
  }

  private static func text(of tensor: Tensor) -> String {
    let numbers = tensor.doubles.map(literal)
    guard tensor.rank == 2, tensor.count > 0 else {
      let flat = "[" + numbers.joined(separator: " ") + "]"
      return tensor.rank == 1
        ? flat : "reshape(\(flat), \(tensor.shape.map(String.init).joined(separator: ", ")))"
    }
    let width = tensor.shape[1]
    let rows = stride(from: 0, to: numbers.count, by: width).map {
      numbers[$0..<$0 + width].joined(separator: " ")
    }
    return "[" + rows.joined(separator: "; ") + "]"
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

extension Double {
  fileprivate var asciiPlain: String {
    isInfinite ? (self > 0 ? "inf" : "-inf") : (self == 0 && sign == .minus ? "-0" : plain)
  }
}
