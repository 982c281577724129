import Engine
import Files
import Kernels
import Render

/// A value on its way into a file.
struct Saved {
  let value: Value
  let path: String
  let options: SaveOptions
  let screen: Screen

  var paper: Paper { options.isDark ? .dark : .light }

  /// What a terminal would show.
  func page(depth: ColorDepth = .trueColor) -> Page {
    screen.page(of: value, width: options.width, depth: depth)
  }

  /// The last part of the path, without its ending.
  var name: String {
    let file = path.split(separator: "/").last ?? "attn"
    return String(file[..<(file.lastIndex(of: ".") ?? file.endIndex)])
  }
}

/// A format that `save` writes, chosen by a path's ending.
struct SaveFormat: Sendable {
  let ending: String
  let encode: @Sendable (Saved) throws -> [UInt8]

  private static let all = [
    SaveFormat(ending: ".npy") { saved in
      try NPY.encode(try numbers(saved, mostAxes: NPY.maximumRank))
    },
    SaveFormat(ending: ".csv") { saved in
      Array(try CSV.encode(try numbers(saved, mostAxes: 2)).utf8)
    },
    SaveFormat(ending: ".md") { saved in Array(try markdown(saved).utf8) },
    SaveFormat(ending: ".txt") { saved in Array(plain(saved.page(depth: .none)).utf8) },
    SaveFormat(ending: ".svg") { saved in Array(svg(saved.page(), paper: saved.paper).utf8) },
    SaveFormat(ending: ".png") { saved in
      guard let bitmap = bitmap(saved.page(), paper: saved.paper) else {
        throw EffectFailure(
          "this is too large for a .png; .svg and .html have no limit", argument: "x")
      }
      return PNG.encode(bitmap)
    },
    SaveFormat(ending: ".html") { saved in
      Array(htmlDocument(saved.page(), title: saved.name, paper: saved.paper).utf8)
    },
  ]

  static func of(_ path: String) throws -> SaveFormat {
    if let format = all.first(where: { path.lowercased().hasSuffix($0.ending) }) { return format }
    let endings = all.map(\.ending)
    throw EffectFailure(
      "a file's ending says how it is written: "
        + endings.dropLast().joined(separator: ", ") + " or " + endings[endings.count - 1],
      argument: "path")
  }

  private static func numbers(_ saved: Saved, mostAxes: Int) throws -> Tensor {
    guard let tensor = try saved.value.asTensor() else {
      throw EffectFailure(
        "only numbers and tensors can be saved so, not \(saved.value.kindName)", argument: "x")
    }
    guard tensor.rank <= mostAxes else {
      throw EffectFailure(
        "such a file has at most \(mostAxes) axes, not \(tensor.rank)", argument: "x")
    }
    return tensor
  }

  /// Numbers as a table, anything else as it is shown.
  private static func markdown(_ saved: Saved) throws -> String {
    if saved.value.shape != nil {
      return try markdownTable(
        try numbers(saved, mostAxes: 2), digits: saved.screen.settings.digits)
    }
    let text = plain(saved.page(depth: .none))
    // A fence longer than any inside.
    let fence = text.contains("```") ? "`````" : "```"
    return "\(fence)\n\(text)\(fence)\n"
  }
}
