import Engine
import Kernels

/// The window, and how many colours it has.
public struct View: Sendable {
  public var display: DisplayOptions
  public var depth: ColorDepth

  public init(display: DisplayOptions = DisplayOptions(), depth: ColorDepth = .none) {
    self.display = display
    self.depth = depth
  }

  var charset: Charset { display.charset }
}

/// What a statement shows, as a page.
public func layout(_ output: Output, _ view: View) -> Page {
  let values = ValueLayout(view: view)
  switch output {
  case .value(let value, let name): return values.page(value, name: name)
  case .results(let main, let extras): return values.results(main, extras)
  case .assigned(let pairs):
    return Page(lines: pairs.flatMap { values.assigned($0.name, $0.value) })
  case .printed(let items): return values.printed(items)
  case .note(let text): return values.text("note: " + text, .note)
  case .reading(let text): return values.text("reads: " + text, .dim)
  case .progress(let progress): return Page(lines: [layout(progress, view)])
  }
}

/// Any value as a page.
public func layout(_ value: Value, name: String? = nil, _ view: View) -> Page {
  ValueLayout(view: view).page(value, name: name)
}

private struct ValueLayout {
  let view: View

  /// More items of a tuple or record than these are left out.
  private static let mostItems = 100

  func text(_ text: String, _ role: Role = .plain) -> Page {
    Page(
      lines: Sanitise.lines(text, charset: view.charset).map { [Run(view.charset.text($0), role)] })
  }

  // MARK: - One value

  func page(_ value: Value, name: String?) -> Page {
    switch value {
    case .number(let number, _): return Page(lines: [[self.number(number)]])
    case .tensor(let tensor): return layout(tensor, name: name, options: view.display)
    case .string(let text): return self.text("\"\(text)\"")
    case .tuple(let tuple): return items(tuple, name)
    case .record(let record): return fields(record, name)
    case .function(let function): return Page(lines: described(function))
    case .mask, .bias, .cache, .traced, .outline: return text(value.shapeText)
    case .figure(let figure): return layout(figure, view)
    case .document(let document): return layout(document, view)
    case .nothing: return text("none")
    }
  }

  /// A number on its own.
  private func number(_ value: Double) -> Run {
    NumberStyle(digits: view.display.digits, charset: view.charset).loneRun(value)
  }

  private func picture(_ figure: HeatFigure) -> Page {
    heatmap(figure.values, options: HeatOptions(figure, view))
  }

  private static func describe(_ function: Function) -> String {
    switch function {
    case .builtin(let builtin): return "\(builtin.name): \(builtin.summary) (help \(builtin.name))"
    case .user(let user):
      let text = user.source.slice(user.span)
      guard text.contains("\n") else { return text }
      return
        "function \(user.name ?? "")(\(user.parameters.map(\.name.text).joined(separator: ", ")))"
    }
  }

  /// Filled into the window.
  private func described(_ function: Function) -> [Line] {
    let text = Sanitise.text(Self.describe(function))
    return wrap(view.charset.text(text), width: view.display.width).map { [Run($0)] }
  }

  private func items(_ tuple: Tuple, _ name: String?) -> Page {
    var page = Page()
    for (index, item) in tuple.items.prefix(Self.mostItems).enumerated() {
      page.append(labelled(tuple.names?[index] ?? "\(name ?? "")[\(index)]", item))
    }
    if tuple.items.count > Self.mostItems { page.append(view.charset.ellipsis, .dim) }
    return page
  }

  private func fields(_ record: Record, _ name: String?) -> Page {
    var page = text([name, "record"].compactMap { $0 }.joined(separator: " "), .header)
    for field in record.fields.prefix(Self.mostItems) {
      page.append(labelled("\(name ?? "").\(field.key)", field.value))
    }
    return page
  }

  /// A value under its name, on one line where it takes one.
  private func labelled(_ name: String, _ value: Value) -> Page {
    var page: Page
    switch value {
    case .tensor(let tensor) where tensor.rank > 1: return self.page(value, name: name)
    case .tuple, .record: page = text(value.shapeText)
    default: page = self.page(value, name: nil)
    }
    let label: Line = [Run(view.charset.text(name), .name), Run(" = ", .dim)]
    if page.lines.count == 1 {
      page.lines[0] = label + page.lines[0]
    } else {
      page.lines.insert(label, at: 0)
    }
    return page
  }

  // MARK: - Several results

  /// Result and picture together still fit most windows.
  private static let mostUnaskedLines = 28

  /// Whether a picture that nobody asked for stays small: one matrix with its numbers, or one small
  /// picture for each head.
  private static func isSmall(_ tensor: Tensor) -> Bool {
    guard tensor.count > 0, tensor.rank >= 2 else { return false }
    let (rows, columns) = (tensor.shape[tensor.rank - 2], tensor.shape[tensor.rank - 1])
    switch tensor.rank {
    case 2: return columns <= 12 && rows <= 24
    case 3: return tensor.shape[0] <= 16 && columns <= 16 && rows <= 16
    default: return false
    }
  }

  /// The main results as values; what was not asked for as a small picture, where it fits.
  func results(
    _ main: [(name: String, value: Value)], _ extras: [(name: String, value: Value)]
  ) -> Page {
    var page = Page()
    for result in main { page.append(labelled(result.name, result.value)) }
    for case (let name, .tensor(let tensor)) in extras where Self.isSmall(tensor) {
      // An exact 0 is a masked cell: softmax gives none.
      let isMasked = tensor.doubles.contains(0)
      let visible = isMasked ? try? tensor.converted(to: .bool) : nil
      var figure = HeatFigure(values: tensor, title: name, visible: visible)
      // Weights are shares: half the paint is half of the largest.
      let largest = tensor.doubles.max() ?? 0
      if largest.isFinite, largest > 0, tensor.doubles.allSatisfy({ $0 >= 0 }) {
        figure.limits = 0...largest
      }
      let drawn = picture(figure)
      if drawn.width <= view.display.width, drawn.lines.count <= Self.mostUnaskedLines {
        page.append(drawn)
      }
    }
    return page
  }

  // MARK: - Assignments and print

  /// One line, or a few where the window is narrow.
  func assigned(_ name: String, _ value: Value) -> [Line] {
    summarised(name, value).wrapped(to: view.display.width, indent: 2, view.charset)
  }

  private func summarised(_ name: String, _ value: Value) -> Line {
    let label: Line = [Run(view.charset.text(name), .name)]
    switch value {
    case .number(let number, _): return label + [Run(" = ", .dim), self.number(number)]
    case .tensor(let tensor): return summary(tensor, name: name, options: view.display)
    case .function(.user(let user)) where user.name == name: return label + [Run(" defined")]
    case .record(let record):
      let fields = record.fields.map { "\($0.key) \(fieldText($0.value))" }.joined(separator: "  ")
      let room = max(view.display.width - name.count - 12, 8)
      let text = view.charset.text(fields).truncated(to: room, ellipsis: view.charset.ellipsis)
      return label + [Run(" = record  ", .dim), Run(text)]
    case .tuple(let tuple):
      return label + [Run(" = ", .dim), Run(view.charset.text(tupleText(tuple)))]
    case .figure, .document:
      return label + [Run(" = ", .dim), Run(view.charset.text(value.shapeText))]
    case .function(let function):
      let text = Sanitise.text(Self.describe(function))
      return label + [Run(" = ", .dim), Run(view.charset.text(text))]
    default: return label + [Run(" = ", .dim)] + (page(value, name: nil).lines.first ?? [])
    }
  }

  /// `(1, 4×8, "a")`; what lies deeper is only counted.
  private func tupleText(_ tuple: Tuple) -> String {
    let most = 6
    let parts = tuple.items.prefix(most).map { item in
      switch item {
      case .tuple(let inner): "tuple of \(inner.items.count)"
      case .string(let text): "\"\(Sanitise.text(text))\""
      default: fieldText(item)
      }
    }
    return "(" + parts.joined(separator: ", ") + (tuple.items.count > most ? ", …)" : ")")
  }

  private func fieldText(_ value: Value) -> String {
    if case .number(let number, _) = value { return self.number(number).text }
    return value.shapeText
  }

  /// Values side by side, strings without quotes; what takes several lines stands alone.
  func printed(_ values: [Value]) -> Page {
    var page = Page()
    var line: Line = []
    for value in values {
      let part: Page
      if case .string(let string) = value {
        part = text(string)
      } else {
        part = self.page(value, name: nil)
      }
      if part.lines.count == 1 {
        line += (line.isEmpty ? [] : [Run(" ")]) + part.lines[0]
      } else {
        if !line.isEmpty { page.append(line) }
        line = []
        page.append(part)
      }
    }
    if !line.isEmpty || values.isEmpty { page.append(line) }
    return page
  }
}
