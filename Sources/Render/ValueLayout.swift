import Engine
import Kernels

/// What a statement shows, as a page.
public enum ValueLayout {
  public static func page(_ output: Output, _ options: DisplayOptions) -> Page {
    switch output {
    case .value(let value, let name): return page(value, name: name, options)
    case .results(let main, let extras): return results(main, extras, options)
    case .assigned(let pairs):
      return Page(lines: pairs.flatMap { assigned($0.name, $0.value, options) })
    case .printed(let values): return printed(values, options)
    case .note(let text): return Page(lines: [[Run("note: ", .dim), Run(shown(text, options), .dim)]])
    case .reading(let text): return Page(lines: [[Run("reads: \(shown(text, options))", .dim)]])
    }
  }

  private static func shown(_ text: String, _ options: DisplayOptions) -> String {
    options.charset == .ascii ? ASCII.text(text.sanitised) : text.sanitised
  }

  // MARK: - One value

  public static func page(_ value: Value, name: String?, _ options: DisplayOptions) -> Page {
    switch value {
    case .number(let number, _): return Page(lines: [[TensorLayout.number(number, options)]])
    case .tensor(let tensor): return TensorLayout.page(tensor, name: name.map { shown($0, options) }, options)
    case .string(let text): return Page(shown("\"\(text)\"", options))
    case .tuple(let tuple): return items(tuple, name, options)
    case .record(let record): return fields(record, name, options)
    case .function(let function): return Page(shown(describe(function), options))
    case .mask(let rule): return Page(shown("mask \(rule)", options))
    case .figure(.heat(let figure)): return HeatLayout.page(figure, options)
    case .document(let document): return DocumentLayout.page(document, options)
    case .nothing: return Page("none")
    }
  }

  private static func describe(_ function: Function) -> String {
    switch function {
    case .builtin(let builtin): return "\(builtin.name): \(builtin.summary) (help \(builtin.name))"
    case .user(let user):
      let text = user.source.slice(user.span)
      return text.split(separator: "\n", omittingEmptySubsequences: false).count > 1
        ? "function \(user.name ?? "")(\(user.parameters.map(\.name.text).joined(separator: ", ")))"
        : text
    }
  }

  private static let mostItems = 100

  private static func items(_ tuple: Tuple, _ name: String?, _ options: DisplayOptions) -> Page {
    var page = Page()
    for (index, item) in tuple.items.prefix(mostItems).enumerated() {
      let own = tuple.names?[index] ?? "\(name ?? "")[\(index)]"
      page.append(labelled(own, item, options))
    }
    if tuple.items.count > mostItems { page.append([Run(options.charset.ellipsis, .dim)]) }
    return page
  }

  private static func fields(_ record: Record, _ name: String?, _ options: DisplayOptions) -> Page {
    var page = Page(lines: [[Run(shown("\(name.map { "\($0) " } ?? "")record", options), .header)]])
    for field in record.fields.prefix(mostItems) {
      page.append(labelled("\(name ?? "").\(field.key)", field.value, options))
    }
    return page
  }

  /// A value under its name: on one line where it takes one.
  private static func labelled(_ name: String, _ value: Value, _ options: DisplayOptions) -> Page {
    switch value {
    case .tensor(let tensor) where tensor.rank > 1: return page(value, name: name, options)
    case .tuple(let tuple): return Page(shown("\(name) = \(Value.tuple(tuple).shapeText)", options))
    case .record(let record): return Page(shown("\(name) = \(Value.record(record).shapeText)", options))
    default:
      var page = page(value, name: nil, options)
      let label = Run(shown(name, options) + " = ")
      if page.lines.count == 1 {
        page.lines[0].insert(label, at: 0)
      } else {
        page.lines.insert([label], at: 0)
      }
      return page
    }
  }

  // MARK: - Several results

  private static func results(
    _ main: [(name: String, value: Value)], _ extras: [(name: String, value: Value)],
    _ options: DisplayOptions
  ) -> Page {
    var page = Page()
    for result in main { page.append(labelled(result.name, result.value, options)) }
    for extra in extras {
      guard case .tensor(let tensor) = extra.value, tensor.rank == 2, tensor.count > 0,
        tensor.shape[1] <= 12, tensor.shape[0] <= 24
      else { continue }
      let picture = HeatLayout.page(HeatFigure(values: tensor, title: extra.name), options)
      if picture.width <= options.width { page.append(picture) }
    }
    return page
  }

  // MARK: - Assignments and print

  private static func assigned(_ name: String, _ value: Value, _ options: DisplayOptions) -> [Line] {
    let label = shown(name, options)
    switch value {
    case .number(let number, _): return [[Run("\(label) = "), TensorLayout.number(number, options)]]
    case .tensor(let tensor): return [TensorLayout.summary(tensor, name: label, options)]
    case .function(.user(let user)) where user.name == name: return [[Run("\(label) defined")]]
    case .record(let record):
      let fields = record.fields.map { "\($0.key) \(fieldText($0.value, options))" }
      return [[Run(shown("\(name) = record  " + fields.joined(separator: "  "), options).clipped(to: options.width))]]
    case .tuple, .figure, .document: return [[Run(shown("\(name) = \(value.shapeText)", options))]]
    default:
      let lines = page(value, name: nil, options).lines
      return [[Run("\(label) = ")] + (lines.first ?? [])]
    }
  }

  private static func fieldText(_ value: Value, _ options: DisplayOptions) -> String {
    if case .number(let number, _) = value { return NumberText.lone(number, charset: options.charset) }
    return value.shapeText
  }

  /// Values side by side, strings without quotes; what takes several lines stands alone.
  private static func printed(_ values: [Value], _ options: DisplayOptions) -> Page {
    var page = Page()
    var line: Line = []
    for value in values {
      let part: Page
      if case .string(let text) = value {
        part = Page(lines: text.split(separator: "\n", omittingEmptySubsequences: false).map { [Run(shown(String($0), options))] })
      } else {
        part = self.page(value, name: nil, options)
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
