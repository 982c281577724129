import Language

extension Help {
  /// What has to do with a few words, the best first: by names, by the words that an entry gives for
  /// itself, by what is said about it, and by words that mean nearly the same.
  static func search(for text: String) -> Document {
    let words = text.lowercased().split(whereSeparator: { " ,\t".contains($0) }).map(String.init)
    guard !words.isEmpty else {
      return Document([.paragraph("apropos needs a word: apropos mask")])
    }
    let entries = Registry.all.map(Entry.init) + topics.map(Entry.init)
    // An entry should have to do with every word; where none has, with some.
    let scored = entries.map { entry in (entry, words.map { entry.score(for: $0) }) }
    let full = scored.filter { !$0.1.contains(0) }
    let found = (full.isEmpty ? scored.filter { $0.1.contains { $0 > 0 } } : full)
      .map { (entry: $0.0, score: $0.1.reduce(0, +)) }
    guard !found.isEmpty else { return nothing(about: text, words, entries) }
    let best = found.enumerated().sorted {
      ($1.element.score, $0.offset) < ($0.element.score, $1.offset)
    }
    return Document([
      .terms(best.prefix(mostHits).map { ($0.element.entry.title, $0.element.entry.meaning) })
    ])
  }

  /// Longer lists are not read.
  private static let mostHits = 18

  private struct Entry {
    let title: String
    let meaning: String
    let name: String
    let keywords: [String]
    let said: [String]
    let remarks: [String]

    init(_ builtin: Builtin) {
      (name, title, meaning) = (builtin.name, builtin.name, builtin.summary)
      keywords = Self.words(builtin.keywords)
      said = Self.words(builtin.summary)
      remarks = Self.words(builtin.notes.joined(separator: " "))
    }

    init(_ topic: Topic) {
      (name, title, meaning) = (topic.name, "help \(topic.name)", topic.summary)
      keywords = Self.words(topic.keywords)
      said = Self.words(topic.summary)
      remarks = []
    }

    static func words(_ text: String) -> [String] {
      text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "@" || $0 == "_") }.map(
        String.init)
    }

    func score(for word: String) -> Int {
      let near = Help.near(word)
      return max(own(word), (near.map(own).max() ?? 0) / 3)
    }

    private func own(_ word: String) -> Int {
      if name.lowercased() == word { return 20 }
      if has(word, in: [name.lowercased()] + Self.words(name.replacing("_", with: " "))) {
        return 12
      }
      if has(word, in: keywords) { return 8 }
      if has(word, in: said) { return 6 }
      return has(word, in: remarks) ? 2 : 0
    }

    /// One word is the other with an ending: positions, positional.
    private func has(_ word: String, in words: [String]) -> Bool {
      words.contains { other in
        other == word || word.count > 2 && other.hasPrefix(word)
          || other.count > 3 && word.hasPrefix(other) && word.count - other.count < 4
      }
    }
  }

  /// Words that mean nearly the same: who looks for one is served by the others.
  private static let groups: [[String]] = [
    ["position", "rope", "sinusoidal", "alibi"],
    ["average", "mean", "expectation", "expected"],
    ["probability", "probabilities", "distribution", "likelihood", "softmax"],
    ["multiply", "product", "times", "dot", "matmul"],
    ["random", "noise", "draw", "sample", "seed"],
    ["gradient", "derivative", "differentiate", "backprop", "slope", "grad"],
    ["picture", "plot", "draw", "graph", "visualise", "visualize", "heatmap", "image", "color"],
    ["mask", "hide", "future", "causal", "visible"],
    ["train", "training", "learn", "optimise", "optimize", "optimizer", "adam", "minimize"],
    ["size", "length", "dimension", "dimensions", "shape"],
    ["temperature", "tau", "sharpness", "sharp"],
    ["normalise", "normalize", "norm", "scale", "layernorm"],
    ["similarity", "distance", "divergence", "difference", "kl"],
    ["error", "loss", "cost"],
    ["speed", "fast", "time", "bench", "slow", "seconds"],
    ["memory", "cache", "flash"],
    ["undo", "back", "restore", "session"],
    ["teach", "lecture", "stage", "present", "script"],
    ["file", "load", "save", "read", "write"],
    ["uncertainty", "entropy", "perplexity", "surprise"],
    ["token", "vocabulary", "word", "embed"],
    ["transpose", "swap", "flip"],
    ["largest", "maximum", "biggest", "best", "max", "argmax", "topk"],
    ["smallest", "minimum", "least", "min", "argmin"],
    ["head", "heads", "multihead", "mha"],
    ["identity", "eye", "diagonal", "diag"],
    ["invert", "negative", "not"],
    ["vector", "matrix", "tensor", "array"],
  ]

  private static func near(_ word: String) -> [String] {
    groups.filter { group in group.contains { $0 == word || $0 + "s" == word } }.flatMap { $0 }
      .filter { $0 != word }
  }

  private static func nothing(about text: String, _ words: [String], _ entries: [Entry]) -> Document
  {
    let known = Set(entries.flatMap { [$0.name] + $0.keywords }).union(groups.joined())
    let meant = words.compactMap { Suggest.nearest(to: $0, among: known).first }
    let advice =
      meant.isEmpty
      ? "help builtins lists everything" : "did you mean apropos \(meant.joined(separator: " "))?"
    return Document([.paragraph("nothing is about '\(text)'; \(advice)")])
  }
}
