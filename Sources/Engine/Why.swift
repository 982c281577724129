import Language

extension Session {
  /// `:why x`: the tree of expressions behind a variable, with the shapes they had and the random
  /// numbers they drew; nil where there is no such variable.
  public func why(_ name: String) -> [String]? {
    guard let origin = evaluator.state.variables.origin(of: Symbol(name)) else {
      return evaluator.state.variables[name].map { ["\(name)  \($0.shapeText)"] }
    }
    var tree = WhyTree(origins: { number in
      self.evaluator.provenance[number]
        ?? self.evaluator.state.variables.all.lazy.compactMap(\.origin).first {
          $0.number == number
        }
    })
    tree.add(origin, of: name)
    return tree.lines
  }
}

/// Variables down to the numbers they were made of, one part a line.
private struct WhyTree {
  private struct Row {
    var text: String
    var shape: String
    var draws: String
  }

  /// More lines than these nobody reads.
  private static let mostRows = 120
  private static let mostLevels = 40
  /// A longer text is cut: the shapes stand behind it.
  private static let widestText = 52
  private static let widestShape = 24

  let origins: (Int) -> Origin?
  private var rows: [Row] = []
  /// Versions that are already in the tree.
  private var shown: Set<Int> = []
  private var isCut = false

  init(origins: @escaping (Int) -> Origin?) { self.origins = origins }

  var lines: [String] {
    let texts = rows.map { row in
      row.text.count <= Self.widestText ? row.text : row.text.prefix(Self.widestText - 1) + "…"
    }
    let width = texts.map(\.count).max() ?? 0
    let shapes = rows.map(\.shape.count).max() ?? 0
    let all = zip(rows, texts).map { row, text in
      let columns = [
        text.filled(to: width), row.shape.filled(to: row.draws.isEmpty ? 0 : shapes), row.draws,
      ]
      return columns.filter { !$0.isEmpty }.joined(separator: "   ")
    }
    return all + (isCut ? ["…"] : [])
  }

  // MARK: - Building

  /// What stands before the lines below a part, and before its own.
  private struct Place {
    var own = ""
    var below = ""
    var level = 0

    func child(isLast: Bool) -> Place {
      Place(
        own: below + (isLast ? "└─ " : "├─ "), below: below + (isLast ? "   " : "│  "),
        level: level + 1)
    }
  }

  private mutating func add(
    _ text: String, _ shape: String, _ draws: Draws?, at place: Place, note: String = ""
  ) {
    let line = text.split(separator: "\n").first.map(String.init) ?? ""
    let whole = text.contains("\n") ? line + " …" : line
    let remark = [draws?.text ?? "", note].filter { !$0.isEmpty }.joined(separator: "  ")
    let kept = shape.count <= Self.widestShape ? shape : shape.prefix(Self.widestShape - 1) + "…"
    rows.append(Row(text: place.own + whole, shape: kept, draws: remark))
  }

  mutating func add(_ origin: Origin, of name: String) { add(origin, of: name, at: Place()) }

  private mutating func add(_ origin: Origin, of name: String, at place: Place) {
    guard shown.insert(origin.number).inserted else {
      return add(name, origin.look.text, nil, at: place, note: "as above")
    }
    let children = parts(of: origin)
    let isLeaf = children.isEmpty || origin.expr == nil
    let own = origin.expr.flatMap { origin.trace[$0]?.draws }
    let note = own ?? (isLeaf ? origin.trace.draws : nil)
    add(
      origin.isUnnamed ? "\(name) = \(origin.text)" : origin.text, origin.look.text, note, at: place
    )
    addAll(children, of: origin, at: place)
  }

  /// A part of an expression, or a variable that was read.
  private enum Part {
    case expr(Expr)
    case variable(String, Int)
  }

  private mutating func addAll(_ parts: [Part], of origin: Origin, at place: Place) {
    for (index, part) in parts.enumerated() {
      guard rows.count < Self.mostRows, place.level < Self.mostLevels else {
        isCut = true
        return
      }
      let child = place.child(isLast: index == parts.count - 1)
      switch part {
      case .expr(let expr): add(expr, of: origin, at: child)
      case .variable(let name, let number):
        if let source = origins(number) {
          add(source, of: name, at: child)
        } else {
          add(name, "", nil, at: child, note: "made long ago")
        }
      }
    }
  }

  private mutating func add(_ expr: Expr, of origin: Origin, at place: Place) {
    let note = origin.trace[expr]
    let text = origin.slice(expr.span).withoutParentheses
    add(text, note?.look.text ?? "", note?.draws, at: place)
    addAll(parts(of: expr, in: origin), of: origin, at: place)
  }

  private func parts(of origin: Origin) -> [Part] {
    var parts = origin.expr.map { self.parts(of: $0, in: origin) } ?? []
    if let expr = origin.expr, case .name(let name) = expr.form, let number = origin.read(name) {
      parts = [.variable(name, number)]
    }
    if let name = origin.changed, let number = origin.read(name) {
      parts.insert(.variable(name, number), at: 0)
    }
    if origin.expr == nil {
      parts = origin.reads.sorted { $0.number < $1.number }.map {
        .variable($0.symbol.text, $0.number)
      }
    }
    return parts
  }

  /// What is worth a line of its own: variables and what is computed, no numbers and builtins.
  private func parts(of expr: Expr, in origin: Origin) -> [Part] {
    expr.form.parts.flatMap { part -> [Part] in
      switch part.form {
      case .number, .string, .hole: []
      case .name(let name): origin.read(name).map { [.variable(name, $0)] } ?? []
      case .function: self.parts(of: part, in: origin)
      case .unary(_, let operand, _) where operand.isNumber: []
      case .matrix where self.parts(of: part, in: origin).isEmpty: []
      case .tuple: self.parts(of: part, in: origin)
      default: [.expr(part)]
      }
    }
  }
}

extension Expr {
  fileprivate var isNumber: Bool { if case .number = form { true } else { false } }
}

extension String {
  fileprivate func filled(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
