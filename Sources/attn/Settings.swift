import Kernels
import Language
import Render
import Terminal

/// What `:set` changes.
struct Settings {
  var digits = 4
  var width: Int?
  var charset = Charset.unicode
  var color = ColorSupport.none
  /// Whether a line under the input says what it will give.
  var hints = true

  /// What it changes beside itself, for the whole program.
  struct Machine: Equatable {
    var memory: Int
    var kernels: KernelVariant
    var threads: Int
  }

  static var machine: Machine {
    get {
      Machine(memory: Memory.limit, kernels: KernelVariant.current, threads: Workers.count)
    }
    set {
      guard newValue != machine else { return }
      Memory.limit = newValue.memory
      KernelVariant.current = newValue.kernels
      Workers.count = newValue.threads
    }
  }

  struct Key: Sendable {
    var name: String
    var meaning: String
    /// The words that it takes, where they can be listed.
    var values: [String] = []
    var current: @Sendable (Settings) -> String
    /// Gives a sentence where the text is no value for it.
    var change: @Sendable (inout Settings, String) -> String?
  }

  /// The one list behind `:set`, its listing and its completion.
  static let keys: [Key] = [
    Key(name: "digits", meaning: "decimals shown, 1 to 17", current: { "\($0.digits)" }) {
      settings, text in
      guard let digits = Int(text), (1...17).contains(digits) else { return "digits takes 1 to 17" }
      settings.digits = digits
      return nil
    },
    Key(
      name: "width", meaning: "columns, 20 to 1000, or auto", values: ["auto"],
      current: { $0.width.map(String.init) ?? "auto" }
    ) { settings, text in
      if text == "auto" {
        settings.width = nil
        return nil
      }
      guard let width = Int(text), (20...1000).contains(width) else {
        return "width takes 20 to 1000, or auto"
      }
      settings.width = width
      return nil
    },
    Key(
      name: "ascii", meaning: "on: only ASCII characters", values: ["on", "off"],
      current: { $0.charset == .ascii ? "on" : "off" }
    ) {
      settings, text in
      guard text == "on" || text == "off" else { return "ascii takes on or off" }
      settings.charset = text == "on" ? .ascii : .unicode
      return nil
    },
    Key(
      name: "hints", meaning: "on: a line under the input says what it will give",
      values: ["on", "off"],
      current: { $0.hints ? "on" : "off" }
    ) { settings, text in
      guard text == "on" || text == "off" else { return "hints takes on or off" }
      settings.hints = text == "on"
      return nil
    },
    Key(
      name: "color", meaning: "none, 16, 256 or full", values: colors.map(\.name),
      current: { colorName($0.color) }
    ) { settings, text in
      guard let color = colors.first(where: { $0.name == text })?.color else {
        return "color takes none, 16, 256 or full"
      }
      settings.color = color
      return nil
    },
    Key(
      name: "memory", meaning: "the most that tensors may take: 4GB, 500MB",
      current: { _ in Memory.limit == .max ? "no limit" : "\(Memory.limit / 1_000_000)MB" }
    ) { _, text in
      guard let bytes = byteCount(text) else { return "memory takes a size such as 4GB or 500MB" }
      Memory.limit = bytes
      return nil
    },
    Key(
      name: "kernels",
      meaning: "the processors that the fast kernels are made for: base, v3, v4 or auto",
      current: { _ in KernelVariant.current.rawValue }
    ) { _, text in
      guard let variant = text == "auto" ? KernelVariant.best : KernelVariant(rawValue: text) else {
        return "kernels takes base, v3, v4 or auto"
      }
      guard variant.isSupported else { return "this processor does not run the kernels \(text)" }
      KernelVariant.current = variant
      return nil
    },
    Key(
      name: "threads", meaning: "how many threads share large work, 1 to 1024, or auto",
      current: { _ in "\(Workers.count)" }
    ) { _, text in
      guard let count = text == "auto" ? Workers.processors : Int(text), (1...1024).contains(count)
      else { return "threads takes 1 to 1024, or auto" }
      Workers.count = count
      return nil
    },
  ]

  /// `:set`, `:set digits`, `:set digits 6`; gives the lines to show.
  mutating func take(_ command: ColonCommand, in source: Source) throws(Diagnostic) -> [String] {
    let words = command.rest.text.split(separator: " ").map(String.init)
    guard let first = words.first else {
      return Self.keys.map { key in
        let name = key.name + String(repeating: " ", count: max(1, 8 - key.name.count))
        return "\(name)\(key.current(self))  (\(key.meaning))"
      }
    }
    guard let key = Self.keys.first(where: { $0.name == first }) else {
      let names = Self.keys.map(\.name)
      throw Diagnostic(
        "there is no setting '\(first)'", in: source, at: command.rest.span,
        detail: "settings: " + names.joined(separator: " "),
        fixes: Suggest.nearest(to: first, among: names).prefix(1).map {
          Fix(([$0] + words.dropFirst()).joined(separator: " "), replacing: command.rest.span)
        })
    }
    if words.count == 1 { return ["\(key.name) \(key.current(self))"] }
    guard words.count == 2 else {
      throw Diagnostic(
        "\(first) takes one value", in: source, at: command.rest.span, detail: key.meaning)
    }
    if let problem = key.change(&self, words[1]) {
      throw Diagnostic(problem, in: source, at: command.rest.span)
    }
    return []
  }

  private static let colors: [(name: String, color: ColorSupport)] = [
    ("none", .none), ("16", .ansi16), ("256", .ansi256), ("full", .trueColor),
  ]

  private static func colorName(_ color: ColorSupport) -> String {
    colors.first { $0.color == color }?.name ?? "none"
  }

  private static func byteCount(_ text: String) -> Int? {
    let units: [(String, Double)] = [
      ("GB", 1e9), ("MB", 1e6), ("KB", 1e3), ("GiB", 0x1p30), ("MiB", 0x1p20),
    ]
    for (unit, size) in units where text.uppercased().hasSuffix(unit.uppercased()) {
      guard let number = Double(text.dropLast(unit.count)), number > 0, number * size < 0x1p62
      else {
        return nil
      }
      return Int(number * size)
    }
    return nil
  }
}
