/// Writes any text in ASCII, as one would on a typewriter.
enum Ascii {
  static let superscriptDigits: [Character: Character] = [
    "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸",
    "9": "⁹", "-": "⁻",
  ]

  static let signs: [Unicode.Scalar: String] = [
    "×": "x", "−": "-", "–": "-", "—": "-", "⋯": "...", "…": "...", "⋮": ":", "·": ".", "•": "*",
    "│": "|", "┤": "|", "├": "|", "║": "|", "─": "-", "━": "-", "└": "+", "┘": "+", "┌": "+",
    "┐": "+", "┼": "+", "┬": "+", "┴": "+", "∞": "inf", "✓": "ok", "✗": "x", "→": "->",
    "←": "<-", "↗": "NE", "↘": "SE", "↙": "SW", "↖": "NW", "↦": "->", "↑": "^", "↓": "v", "⇒": "=>",
    "≤": "<=", "≥": ">=", "≠": "!=",
    "≈": "~", "≡": "==", "±": "+-", "⊙": "*", "∘": "o", "∈": "in", "∑": "sum", "∏": "prod",
    "∂": "d", "∇": "grad", "∫": "int", "‖": "||", "′": "'", "°": "deg", "⌈": "ceil(", "⌉": ")",
    "⌊": "floor(", "⌋": ")", "½": "1/2", "‘": "'", "’": "'", "“": "\"", "”": "\"", "█": "#",
    "▓": "#", "▒": "+", "░": ".", "▀": "#", "▄": "#", "●": "*", "○": "o", "■": "#", "ℓ": "l",
    "◣": "\\\\",
    "ℝ": "R", "\u{A0}": " ", "µ": "mu", "ɛ": "epsilon",
  ]

  static let greek: [Unicode.Scalar: String] = [
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta",
    "η": "eta", "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu",
    "ξ": "xi", "ο": "omicron", "π": "pi", "ρ": "rho", "ς": "sigma", "σ": "sigma", "τ": "tau",
    "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "ϕ": "phi", "ϵ": "epsilon",
    "Α": "Alpha", "Β": "Beta", "Γ": "Gamma", "Δ": "Delta", "Ε": "Epsilon", "Ζ": "Zeta",
    "Η": "Eta", "Θ": "Theta", "Ι": "Iota", "Κ": "Kappa", "Λ": "Lambda", "Μ": "Mu", "Ν": "Nu",
    "Ξ": "Xi", "Ο": "Omicron", "Π": "Pi", "Ρ": "Rho", "Σ": "sum", "Τ": "Tau", "Υ": "Upsilon",
    "Φ": "Phi", "Χ": "Chi", "Ψ": "Psi", "Ω": "Omega",
  ]

  static let superscripts: [Unicode.Scalar: Character] = table(
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵀᵃᵇᵈᵉᵏᵐᵖᵗᵛˣ", "0123456789+-=()niTabdekmptvx")
  static let subscripts: [Unicode.Scalar: Character] = table(
    "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789+-=()aehijklmnoprstuvx")

  private static func table(_ special: String, _ plain: String) -> [Unicode.Scalar: Character] {
    Dictionary(uniqueKeysWithValues: zip(special.unicodeScalars, plain))
  }

  static func text(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
    return convert(Array(text.unicodeScalars)[...])
  }

  private static func convert(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var result = ""
    var rest = scalars
    while let scalar = rest.popFirst() {
      if scalar.value >= 0x20 && scalar.value < 0x7F {
        result.unicodeScalars.append(scalar)
      } else if superscripts[scalar] != nil {
        rest = scalars[(rest.startIndex - 1)..<scalars.endIndex]
        result += "^" + take(&rest, superscripts)
      } else if subscripts[scalar] != nil {
        rest = scalars[(rest.startIndex - 1)..<scalars.endIndex]
        result += "_" + take(&rest, subscripts)
      } else if scalar == "√" {
        result += root(of: &rest)
      } else {
        result += signs[scalar] ?? greek[scalar] ?? Sanitise.escape(scalar, .ascii)
      }
    }
    return result
  }

  private static func take(
    _ rest: inout ArraySlice<Unicode.Scalar>, _ table: [Unicode.Scalar: Character]
  ) -> String {
    var result = ""
    while let scalar = rest.first, let plain = table[scalar] {
      result.append(plain)
      rest.removeFirst()
    }
    return result
  }

  /// `√dₖ` is `sqrt(d_k)`, and `√(x + 1)` is `sqrt(x + 1)`.
  private static func root(of rest: inout ArraySlice<Unicode.Scalar>) -> String {
    let operand = rest.prefix { $0.properties.isAlphabetic || $0.properties.numericType != nil }
    rest = rest.dropFirst(operand.count)
    return operand.isEmpty ? "sqrt" : "sqrt(" + convert(operand) + ")"
  }
}
